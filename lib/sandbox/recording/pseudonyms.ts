/**
 * Pseudonyms for private texts: learns which texts are private, and replaces each by one pseudonym wherever it occurs,
 * whatever its case. `anonymise.ts` uses it for one recording at a time.
 *
 * @module
 */

/** What a private text is; its pseudonym says so. */
export type PrivateKind = "secret" | "value" | "person" | "host" | "address" | "url" | "name";

// ---- private texts that are recognised anywhere ---------------------------------------------------------------------

const patterns: ReadonlyArray<readonly [RegExp, PrivateKind]> = [
  [/BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY/g, "secret"],
  [/\b(?:dbt[a-z]_|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|AKIA|eyJ)[\w.-]{12,}/g, "secret"],
  [/(?<=\b(?:Bearer|Token|Basic) )[\w.~+/=-]{12,}/g, "secret"],
  [/(?<=\/\/)[^/\s:@"']+:[^/\s@"']+(?=@)/g, "secret"],
  [/[\w.%+-]+@[\w-]+(?:\.[\w-]+)+/g, "person"],
  [/(?<=\w:\/\/(?:[^/\s@"']*@)?)(?=[\w-]*[.:\d-])[A-Za-z0-9.-]+(?::\d+)?(?![\w.:-]|[^/\s@"']*@)/g, "host"],
  [/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, "address"],
];

/** Words of dbt that may also be names. They are replaced in members that hold names, and nowhere else. */
const commonWords = new Set(
  ("dbt run runs job jobs build test tests seed snapshot source sources model models docs default dev prod production " +
    "staging main master api json sql target table view name none null true false public admin user users account " +
    "project environment snowflake bigquery redshift postgres databricks github gitlab success error create").split(
      " ",
    ),
);

/** What dbt Cloud itself shows instead of a secret. */
const hidden = /^\**$/;

// ---- pseudonyms -----------------------------------------------------------------------------------------------------

/** Learns private texts, and replaces them. */
export interface Pseudonyms {
  /** Learns that a text is private. */
  readonly learn: (kind: PrivateKind, text: string) => void;
  /** Learns the private texts in a text that are recognised by their form: addresses, tokens, hosts. */
  readonly scan: (text: string) => void;
  /** The pseudonym of the complete value of a member of this kind; undefined where it is not private. */
  readonly of: (kind: PrivateKind | undefined, text: string) => string | undefined;
  /** Replaces all that was learned within a text, where it stands as a word. */
  readonly replace: (text: string) => string;
}

/** A private text, and where its first word begins. */
interface Searched {
  readonly text: string;
  readonly lead: number;
}

const word = /[\p{L}\p{N}_]+/gu;

/** Makes pseudonyms, without any private text yet. */
export function makePseudonyms(): Pseudonyms {
  const known = new Map<string, { readonly kind: PrivateKind; readonly pseudonym: string }>();
  const counts = new Map<PrivateKind, number>();
  /** Private texts by their first word, the longest first. */
  const byWord = new Map<string, Array<Searched>>();

  const learn = (kind: PrivateKind, value: string) => {
    const text = lowerCase(value.trim());
    if (hidden.test(text) || known.has(text)) return;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    known.set(text, { kind, pseudonym: pseudonymOf(kind, count) });
    const common = text.length < 3 || /^\d+$/.test(text) ||
      ((kind === "name" || kind === "value") && commonWords.has(text));
    const first = common ? undefined : text.match(word)?.[0];
    if (first === undefined) return;
    const searched = [...byWord.get(first) ?? [], { text, lead: text.indexOf(first) }];
    byWord.set(first, searched.sort((a, b) => b.text.length - a.text.length));
  };

  return {
    learn,
    scan: (text) => {
      for (const [pattern, kind] of patterns) {
        for (const [found] of text.matchAll(pattern)) if (!isPublicHost(found)) learn(kind, found);
      }
    },
    of: (kind, text) => {
      const found = known.get(lowerCase(text.trim()));
      // A secret is secret in every member; a name may be a plain word in others.
      return kind !== undefined || found?.kind === "secret" ? found?.pseudonym : undefined;
    },
    replace: (text) => {
      const searched = lowerCase(text);
      let [replaced, done] = ["", 0];
      for (const { 0: first, index } of searched.matchAll(word)) {
        const found = byWord.get(first)?.find(({ text, lead }) =>
          index - lead >= done && searched.startsWith(text, index - lead) &&
          (!isWord(text.at(-1)) || !isWord(searched[index - lead + text.length]))
        );
        if (found === undefined) continue;
        replaced += text.slice(done, index - found.lead) + (known.get(found.text)?.pseudonym ?? "");
        done = index - found.lead + found.text.length;
      }
      return replaced + text.slice(done);
    },
  };
}

/** In lower case, at the same length: a letter that would grow, such as `İ`, stays as it is. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replaceAll(/./gsu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}

function isWord(letter: string | undefined): boolean {
  return letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);
}

function isPublicHost(host: string): boolean {
  return /^(127\.0\.0\.1|localhost|0\.0\.0\.0|docs\.getdbt\.com|schemas\.getdbt\.com)(:\d+)?$/.test(host);
}

/** A pseudonym. Its domains and addresses belong to nobody: RFC 2606 and RFC 2544. */
function pseudonymOf(kind: PrivateKind, count: number): string {
  switch (kind) {
    case "person":
      return `person-${count}@example.com`;
    case "host":
      return `host-${count}.example.com`;
    case "url":
      return `https://example.com/url-${count}`;
    case "address":
      return `198.18.${count >> 8 & 255}.${count & 255}`;
    default:
      return `${kind}-${count}`;
  }
}
