/** Folders as they lie in each other. */

export interface Folder {
  id: string;
  name: string;
  parent_id: string | null;
  workflows: number;
}

export interface Placed extends Folder {
  depth: number;
  /** The names from the top, with `/` between them. */
  path: string;
}

/** The folders in reading order: each before what lies in it, siblings by name. A folder whose parent is out of sight stands at the top. */
export function ordered(folders: readonly Folder[]): Placed[] {
  const known = new Set(folders.map(({ id }) => id));
  const below = new Map<string | null, Folder[]>();
  for (const folder of folders) {
    const parent = folder.parent_id !== null && known.has(folder.parent_id) ? folder.parent_id : null;
    below.set(parent, [...(below.get(parent) ?? []), folder]);
  }
  const walk = (parent: string | null, depth: number, path: string): Placed[] =>
    (below.get(parent) ?? []).sort((a, b) => a.name.localeCompare(b.name)).flatMap((folder) => {
      const own = path === "" ? folder.name : `${path} / ${folder.name}`;
      return [{ ...folder, depth, path: own }, ...walk(folder.id, depth + 1, own)];
    });
  return walk(null, 0, "");
}
