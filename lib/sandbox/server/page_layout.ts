/**
 * What all pages of the sandbox are made of: the document with its style, tables, times and badges.
 *
 * @module
 */
import type { Reply } from "../protocol/response_format.ts";
import { Html, html } from "./html.ts";
import { Status } from "../runs/run_store.ts";

/** The look of a status. Its text says the same as its color. */
export function badge(status: number, text: string): Html {
  const look = status === Status.success
    ? "good"
    : status === Status.error
    ? "bad"
    : status === Status.cancelled
    ? "off"
    : "busy";
  return html`<span class="badge ${look}">${text}</span>`;
}

/** A time. */
export function clock(milliseconds: number): Html {
  const iso = new Date(milliseconds).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** A table. On a narrow screen, each cell has its heading beside it. */
export function table(heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Html>>): Html {
  return html`
    <div class="wide">
      <table>
        <thead>
          <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
        </thead>
        <tbody>
    ${rows.map((cells) =>
      html`
        <tr>${cells.map((cell, index) => html`<td data-label="${heads[index]}">${cell}</td>`)}</tr>
      `
    )}</tbody>
      </table>
    </div>
  `;
}

const style = new Html(`
:root { color-scheme: light dark; --ink: #1d2530; --paper: #fff; --faint: #5c6876; --line: #d8dee6; --soft: #f4f6f9;
  --link: #0b57a8; --good: #14733f; --bad: #b3261e; --busy: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --paper: #14181e; --faint: #9aa7b6; --line: #303945;
  --soft: #1d232c; --link: #7ab7ff; --good: #6fd39a; --bad: #ff8f86; --busy: #f0bd62; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; } a { color: var(--link); } small, dt, th { color: var(--faint); }
pre, code { font: .875rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--soft); border-radius: .375rem; margin: .5rem 0; overflow-x: auto; overflow-wrap: normal;
  padding: .75rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .375rem .75rem .375rem 0; text-align: left;
  vertical-align: top; } th { font-size: .875rem; font-weight: 600; white-space: nowrap; } td:first-child { white-space: nowrap; }
dl { display: grid; gap: .5rem 2rem; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); }
dt { font-size: .875rem; } dd { margin: 0; }
.badge { border: 1px solid; border-radius: 1rem; display: inline-block; font-size: .8125rem; line-height: 1.4;
  padding: 0 .5rem; white-space: nowrap; } a:has(.badge) { text-decoration: none; }
.good { color: var(--good); } .bad { color: var(--bad); } .busy { color: var(--busy); } .off { color: var(--faint); }
details { border-bottom: 1px solid var(--line); } summary { cursor: pointer; padding: .375rem 0; }
@media (max-width: 40rem) { body { padding: .5rem .75rem 2rem; } .wide { overflow-x: visible; }
  table, tbody, tr, td { display: block; } thead { display: none; } td { border: 0; padding: 0; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } td::before { color: var(--faint); content: attr(data-label) ": "; font-size: .875rem; } td:empty { display: none; } }
`);

/** A whole page. One whose content changes by itself is loaded again every few seconds. */
export function page(status: number, title: string, content: Html, changes = false): Reply {
  const { source } = html`
    <!doctype html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="content-security-policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    ${changes ? html`<meta http-equiv="refresh" content="5">` : null}
    <link rel="icon" href="data:,">
    <title>${title}</title>
    <style>${style}</style>
      </head>
      <body>
    <h1>${title}</h1>
    ${content}
      </body>
    </html>
  `;
  return { status, text: source.trimStart(), type: "text/html; charset=utf-8" };
}
