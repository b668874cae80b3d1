/** The first rows of a file. */

const cell = (value: unknown): string => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** Rows as they stand in a file. */
export function PreviewRows({ columns, rows, more }: { columns: readonly string[]; rows: readonly Record<string, unknown>[]; more: boolean }) {
  return (
    <>
      <div className="inset" tabIndex={0} role="region" aria-label="The file's first rows">
        <table className="table dense grid-table">
          <thead><tr>{columns.map((name) => <th key={name}>{name}</th>)}</tr></thead>
          <tbody>{rows.map((row, at) => <tr key={at}>{columns.map((name) => <td key={name} className="cut" title={cell(row[name])}>{cell(row[name])}</td>)}</tr>)}</tbody>
        </table>
      </div>
      {more && <small className="muted">The first {rows.length.toLocaleString()} rows. The file has more.</small>}
    </>
  );
}
