/**
 * `dbtc auth login`: asks for host and token, checks them, and saves them as a context.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Prompt from "effect/cli/Prompt";
import { get, list, whoami } from "../../api/accounts.ts";
import { load } from "../../client/context_files.ts";
import { apiNames } from "../../client/judge_answer.ts";
import { hostname, type SavedContext, tokenInFile, type TokenSource } from "../../client/saved_context.ts";
import { apiOfHost, baseUrl, idsOf } from "../../client/host.ts";
import { layer } from "../../client/mod.ts";
import { runTokenCommand } from "../../client/token_command.ts";
import type { Account } from "../../models/account.ts";
import { ask, askSecret, canAsk } from "../input/ask_person.ts";
import { clientOptions, invocation } from "../input/global_flags.ts";
import { readStdin } from "../input/read_json.ts";
import { usage } from "../output/exit_code.ts";
import { isForPeople, print, styleFor } from "../output/print.ts";
import { clean } from "../output/safe_text.ts";
import { note } from "../output/write_output.ts";
import { noteIfOverridden } from "./auth_contexts.ts";
import type { Login } from "./auth_login_flags.ts";
import { fileToChange, saveContext } from "./change_contexts.ts";
import { Transport, withClient } from "./with_dbt.ts";

/** Checks the token, saves the context, and puts it in use. */
export const login = Effect.fnUntraced(function* (given: Login) {
  const { context: nameFlag, host: hostFlag, ...options } = yield* clientOptions;
  const settings = yield* invocation;
  // Before a token is asked for that could not be saved.
  const file = yield* fileToChange;
  const saved = (yield* load).contexts.filter(({ isDbts }) => !isDbts);
  const mistake = nameFlag && mistakeInName(nameFlag);
  if (mistake !== undefined && mistake !== "") return yield* usage(`--context: ${mistake}`);

  const { host, ids } = yield* readHost(yield* hostGiven(given.host, hostFlag));
  const asked = yield* agreed("account", given.account, ids.account_id);
  const project_id = yield* agreed("project", given.project, ids.project_id);
  const { source, token } = yield* tokenGiven(given, nameFlag ?? host);

  const client = Layer.provide(layer({ ...options, host, token }), yield* yield* Transport);
  const { account, user } = yield* withClient(check(asked, host), client);
  const name = nameFlag ?? (yield* chooseName(saved, host, account));
  const replaced = saved.find((one) => one.name === name && one.account_id !== account.id);
  yield* saveContext({
    name,
    host,
    account_id: account.id,
    account_name: account.name ?? undefined,
    project_id,
    token: source,
  });

  const result = { context: name, host, account_id: account.id, account_name: account.name ?? null, user, file };
  if (!isForPeople(yield* styleFor(settings))) yield* print(result, settings, { afterWrite: true });
  yield* note(
    `Logged in to ${[clean(account.name ?? ""), `(account ${account.id} on ${hostname(host)})`].join(" ").trim()}` +
      (user === null ? "" : ` as ${clean(user)}`),
  );
  yield* note(`Context "${name}" is saved in ${file}, and in use. ${placeOf(source)}`);
  if (replaced !== undefined) yield* note(`dbtc: it was account ${replaced.account_id} until now`);
  yield* noteIfOverridden(name);
});

function placeOf(source: TokenSource): string {
  switch (source._tag) {
    case "Stored":
      return "The file holds the token, and only you can read it.";
    case "Command":
      return "It holds the command that prints the token, and no token.";
    case "File":
      return `It names the file with the token, ${source.path}.`;
    case "None":
      return "";
  }
}

// ---- host -----------------------------------------------------------------------------------------------------------

const hostGiven = Effect.fnUntraced(function* (argument: string | undefined, flag: string | undefined) {
  if (argument !== undefined && flag !== undefined && argument !== flag) {
    return yield* usage(`"${argument}" and --host "${flag}" name two hosts: leave out one of them`);
  }
  const host = argument ?? flag;
  if (host !== undefined) return host;
  if (!(yield* canAsk)) {
    return yield* usage("Which host? Try: dbtc auth login ab123.us1.dbt.com --with-token < token.txt");
  }
  return yield* ask(Prompt.String({
    message: "Host of your account, or any URL of your dbt Cloud:",
    validate: (text) =>
      Effect.mapBoth(Effect.fromResult(baseUrl(text.trim())), {
        onFailure: (why) => why,
        onSuccess: () => text.trim(),
      }),
  }));
});

/** The access host of a host or URL, and the ids in it. */
const readHost = Effect.fnUntraced(function* (text: string) {
  const read = baseUrl(text);
  if (Result.isFailure(read)) return yield* usage(read.failure);
  const url = read.success;
  const { accessHost, api } = apiOfHost(url.host);
  if (api !== "admin") {
    yield* note(`dbtc: ${url.host} is the host of the ${apiNames[api]}: the account's access host is ${accessHost}`);
  }
  return { host: url.protocol === "https:" ? accessHost : url.origin, ids: idsOf(url) };
});

/** An id that a flag and a URL may both have. */
const agreed = Effect.fnUntraced(function* (noun: string, flag: number | undefined, url: number | undefined) {
  if (flag !== undefined && url !== undefined && flag !== url) {
    return yield* usage(`--${noun}-id is ${flag}, and the URL is of ${noun} ${url}: leave out one of them`);
  }
  return flag ?? url;
});

// ---- token ----------------------------------------------------------------------------------------------------------

interface GivenToken {
  readonly source: TokenSource;
  readonly token: Redacted.Redacted<string>;
}

const tokenGiven = Effect.fnUntraced(function* ({ tokenCommand, tokenFile, withToken }: Login, origin: string) {
  const ways = [
    ...withToken ? ["--with-token"] : [],
    ...tokenCommand === undefined ? [] : ["--token-command"],
    ...tokenFile === undefined ? [] : ["--token-file"],
  ];
  if (ways.length > 1) return yield* usage(`${ways.join(" and ")} do not go together: a context has one token`);
  if (tokenCommand !== undefined) {
    const source: TokenSource = { _tag: "Command", command: tokenCommand };
    return { source, token: Redacted.make(yield* runTokenCommand(tokenCommand, origin)) } satisfies GivenToken;
  }
  if (tokenFile !== undefined) {
    const path = (yield* Path.Path).resolve(tokenFile);
    return { source: { _tag: "File", path }, token: yield* tokenInFile(path) } satisfies GivenToken;
  }
  const token = Redacted.make((yield* withToken ? readStdin : askToken).trim());
  if (Redacted.value(token) === "") return yield* usage(withToken ? "stdin has no token" : "The token is empty");
  return { source: { _tag: "Stored", token }, token } satisfies GivenToken;
});

const askToken = Effect.gen(function* () {
  if (yield* canAsk) {
    yield* note("Make a token in dbt Cloud, under Account settings, API tokens: a personal or a service token.");
  }
  return yield* askSecret("Token", "Pipe it in with --with-token, or give --token-command or --token-file");
});

// ---- account --------------------------------------------------------------------------------------------------------

/** The account of the token, and the token's owner, if dbt Cloud says it. */
const check = Effect.fnUntraced(function* (asked: number | undefined, host: string) {
  const user = yield* Effect.orElseSucceed(
    Effect.map(whoami({}), ({ user }) => user?.email ?? user?.fullname ?? null),
    () => null,
  );
  if (asked !== undefined) return { user, account: yield* get({ account_id: asked }) };
  const { data } = yield* list({});
  const [first, ...others] = data;
  if (first === undefined) {
    return yield* usage(`The token sees no account on ${host}. If you know the account's id, give it by --account-id`);
  }
  if (others.length === 0) return { user, account: first };
  const described = (account: Account) => `${account.id} ${clean(account.name ?? "")}`.trim();
  if (!(yield* canAsk)) {
    return yield* usage(
      `The token sees several accounts: ${data.map(described).join("; ")}. Choose one by --account-id`,
    );
  }
  const account = yield* ask(Prompt.Select({
    message: "Account:",
    choices: data.map((account) => ({ title: described(account), value: account })),
  }));
  return { user, account };
});

// ---- name -----------------------------------------------------------------------------------------------------------

/** What is wrong with the name of a context. */
function mistakeInName(name: string): string | undefined {
  return /^\d+$/.test(name)
    ? `"${name}" is not a name: digits are the id of a project in dbt_cloud.yml`
    : /^[\p{L}\p{N}][\p{L}\p{N} ._@/-]{0,99}$/u.test(name)
    ? undefined
    : `${JSON.stringify(name)} is not a name: it has letters and digits, and . _ - @ / between them`;
}

/** The name that this account has already, or else one that is free: the account's own, in lower case. */
const chooseName = Effect.fnUntraced(function* (saved: ReadonlyArray<SavedContext>, host: string, account: Account) {
  const sameAccount = saved.find((one) => one.host === host && one.account_id === account.id);
  const words = (account.name ?? "").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  const base = [words, hostname(host).split(/[.:]/)[0] ?? ""].find((name) =>
    name !== "" && mistakeInName(name) === undefined
  ) ?? `account-${account.id}`;
  const free = saved.some(({ name }) => name === base) ? `${base}-${account.id}` : base;
  const proposed = sameAccount?.name ?? free;
  if (!(yield* canAsk)) return proposed;
  return yield* ask(Prompt.String({
    // No `default` of the prompt: a person would have to erase it first.
    message: `Name of this context (default: ${proposed}):`,
    validate: (text) => {
      const name = text.trim() === "" ? proposed : text.trim();
      const mistake = mistakeInName(name);
      return mistake === undefined ? Effect.succeed(name) : Effect.fail(mistake);
    },
  }));
});
