/** The workspace's files: folders, what is in them, what comes and goes. */

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronRight, FolderPlus, HardDrive, Upload } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";

import { useCan } from "../api/account";
import { api, ok } from "../api/client";
import { useLoad } from "../api/use";
import { Form, TextField } from "../ui/forms";
import { Await, Empty, Page } from "../ui/page";
import { Complaint, Dialog } from "../ui/parts";
import { FileTable } from "./FileTable";
import { asFolder, crumbs, size } from "./names";
import { UploadList } from "./UploadList";
import { send } from "./uploads";
import "./files.css";

export function FilesPage() {
  const { folder = "" } = useSearch({ from: "/inside/files" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useCan()("files:write") && !folder.startsWith("uploads/");
  const [making, setMaking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const go = (to: string): void => void navigate({ to: "/files", search: to === "" ? {} : { folder: to } });
  const take = (files: readonly File[]): void => send(files, folder, () => void queries.invalidateQueries({ queryKey: ["files"] }));
  const upload = may && <button type="button" className="button primary" onClick={() => input.current?.click()}><Upload size={16} aria-hidden /> Upload</button>;
  return (
    <Page title="Files" lead="What workflows read and write: imports, exports, documents, images." actions={may && <><button type="button" className="button" onClick={() => setMaking(true)}><FolderPlus size={16} aria-hidden /> New folder</button>{upload}</>}>
      <input ref={input} type="file" multiple hidden aria-label="Files to upload" onChange={(event) => { take([...(event.target.files ?? [])]); event.target.value = ""; }} />
      <UploadList />
      <Contents folder={folder} may={may} upload={upload} onGo={go} onTake={take} />
      {making && <NewFolder within={folder} onClose={() => setMaking(false)} onMade={(to) => { setMaking(false); go(to); }} />}
    </Page>
  );
}

function Trail({ folder, onGo }: { folder: string; onGo: (folder: string) => void }) {
  return (
    <nav className="trail" aria-label="Folder">
      <button type="button" className="linkish" aria-current={folder === "" ? "page" : undefined} onClick={() => onGo("")}>All files</button>
      {crumbs(folder).map((crumb) => <span key={crumb.folder}><ChevronRight size={14} aria-hidden /><button type="button" className="linkish" aria-current={crumb.folder === folder ? "page" : undefined} onClick={() => onGo(crumb.folder)}>{crumb.name}</button></span>)}
    </nav>
  );
}

interface ContentsProps {
  folder: string;
  may: boolean;
  upload: React.ReactNode;
  onGo: (folder: string) => void;
  onTake: (files: readonly File[]) => void;
}

function Contents({ folder, may, upload, onGo, onTake }: ContentsProps) {
  const [words, setWords] = useState("");
  const [over, setOver] = useState(false);
  const searched = words.trim();
  const folders = useLoad(["files", "folders", folder], () => api.GET("/v1/file-folders", { params: { query: { prefix: folder } } }), { keep: true });
  const found = useInfiniteQuery({
    queryKey: ["files", "list", folder, searched],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => ok(api.GET("/v1/files", { params: { query: { prefix: folder, deep: searched !== "", contains: searched, limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.next,
    // What is being uploaded elsewhere is there soon.
    refetchInterval: (query) => (query.state.data?.pages.some(({ items }) => items.some(({ state }) => state === "uploading")) === true ? 5_000 : false),
    placeholderData: (before, query) => (query?.queryKey[2] === folder ? before : undefined),
  });
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (may) onTake([...event.dataTransfer.files]);
  };
  const files = found.data?.pages.flatMap(({ items }) => items);
  return (
    <div className={`drop-area ${over && may ? "over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false); }} onDrop={drop}>
      <div className="tools files-tools">
        <Trail folder={folder} onGo={onGo} />
        <input type="search" aria-label="Find files" placeholder={folder === "" ? "Find files by name" : "Find in this folder and below"} value={words} onChange={(event) => setWords(event.target.value)} />
      </div>
      <Complaint error={folders.data === undefined ? null : found.error} />
      <Await query={folders}>
        {(known) => {
          const shown = searched === "" ? known.folders : [];
          if (files !== undefined && files.length === 0 && shown.length === 0) return <Nothing searched={searched} folder={folder} may={may} upload={upload} />;
          return <><FileTable folder={folder} folders={shown} files={files} deep={searched !== ""} onGo={onGo} /><Room used={known.used} quota={known.quota} /></>;
        }}
      </Await>
      {found.hasNextPage && <button type="button" className="button" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>Show more</button>}
    </div>
  );
}

function Nothing({ searched, folder, may, upload }: { searched: string; folder: string; may: boolean; upload: React.ReactNode }) {
  if (searched !== "") return <Empty icon={HardDrive} title="Nothing found">No file here has “{searched}” in its name.</Empty>;
  return (
    <Empty icon={HardDrive} title={folder === "" ? "No file yet" : "Nothing in this folder yet"} actions={upload}>
      {may ? "Drop files here, or choose them. " : ""}Steps read, write and convert files with <code>file.read</code>, <code>file.write</code> and their like.
    </Empty>
  );
}

function Room({ used, quota }: { used: number; quota: number }) {
  const share = quota === 0 ? 1 : Math.min(1, used / quota);
  return (
    <div className="room">
      <small className="muted">{size(used)} of {size(quota)} used</small>
      <div className={`progress ${share > 0.9 ? "full" : ""}`} role="progressbar" aria-label="Space used" aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${Math.max(1, share * 100)}%` }} /></div>
    </div>
  );
}

function NewFolder({ within, onClose, onMade }: { within: string; onClose: () => void; onMade: (folder: string) => void }) {
  const [name, setName] = useState("");
  const folder = asFolder(name);
  return (
    <Dialog title="New folder" open onClose={onClose}>
      <Form onSubmit={() => folder !== "" && onMade(within + folder)}>
        <TextField label="Name" value={name} onChange={setName} required autoFocus maxLength={200} hint="It is there as soon as a file lies in it." />
        <footer><button type="button" className="button" onClick={onClose}>Cancel</button><button className="button primary" disabled={folder === ""}>Open</button></footer>
      </Form>
    </Dialog>
  );
}
