/** The field of a password: it can be looked at, pasted and filled in; a new one is told how good it is. */

import { Eye, EyeOff } from "lucide-react";
import { useEffect, useId, useState, type ComponentProps } from "react";

import { strengthOf, WORDS, type Score } from "./strength";

type Props = Omit<ComponentProps<"input">, "type" | "onChange" | "value" | "autoComplete"> & {
  label: string;
  /** A password that is being chosen: its strength is shown, and browsers offer to make one. */
  fresh?: boolean;
  value?: string;
  onChange?: (password: string) => void;
};

export function PasswordField({ label, fresh = false, value, onChange, ...rest }: Props) {
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState("");
  const id = useId();
  const change = (password: string): void => {
    setTyped(password);
    onChange?.(password);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="password">
        <input {...rest} id={id} type={shown ? "text" : "password"} autoComplete={fresh ? "new-password" : "current-password"} spellCheck={false} value={value} aria-describedby={fresh ? `${id}-strength` : undefined} onChange={(event) => change(event.target.value)} />
        <button type="button" className="button quiet" aria-pressed={shown} aria-label={shown ? "Hide what is typed" : "Show what is typed"} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
        </button>
      </div>
      {fresh && <Strength id={`${id}-strength`} password={value ?? typed} />}
    </div>
  );
}

function Strength({ id, password }: { id: string; password: string }) {
  const [score, setScore] = useState<Score | null>(null);
  useEffect(() => {
    let wanted = true;
    if (password === "") setScore(null);
    else void strengthOf(password).then((found) => wanted && setScore(found));
    return () => {
      wanted = false;
    };
  }, [password]);
  return (
    <small id={id} className="strength muted" role="status">
      <span className="meter" data-score={score ?? "none"} aria-hidden><i /><i /><i /><i /></span>
      {score === null ? "12 characters or more. A sentence is easier to keep in mind than signs." : WORDS[score]}
    </small>
  );
}
