/**
 * Runs clients that others wrote, unchanged, against a sandbox, and prints a table of their calls: those that worked, and
 * those that cannot, with their reasons: most are bugs of the client. Everything else fails. `deno task foreign [NAME…]`
 * runs this; without a name those that every check of the project runs, with `all` all of them but the slow ones.
 *
 * A client is installed by its ordinary package client into a cache folder, `~/.cache/dbtc-foreign` or `DBTC_FOREIGN`.
 * Where Python, Go or the packages are missing, the client is skipped, and the output says why.
 *
 * @module
 */
import { type ForeignClient, foreignClients, goModules, type PythonPackages } from "./foreign_clients.ts";

/** What came of one call, as a script prints it. */
interface Call {
  readonly call: string;
  /** Why it did not work. */
  readonly problem: string | null;
  /** Why it cannot work: a bug of the client, or what the sandbox does not have. */
  readonly known: string | null;
}

/** What came of a client. */
interface Result {
  readonly name: string;
  readonly calls: ReadonlyArray<Call>;
  /** What is wrong besides the calls. */
  readonly failure?: string;
  /** Why it did not run. */
  readonly skipped?: string;
  readonly seconds: number;
}

const here = new URL("./", import.meta.url).pathname;
const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
const cache = Deno.env.get("DBTC_FOREIGN") ?? `${home}/dbtc-foreign`;

/** Runs a program; gives what it printed on stdout, or what it says is wrong. */
async function output(
  program: string,
  args: ReadonlyArray<string>,
  options: Deno.CommandOptions = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  try {
    const { code, stderr, stdout } = await new Deno.Command(program, { args: [...args], stdin: "null", ...options })
      .output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    return { code: 127, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  }
}

/** A Python of at least this version: the default one, one with its version in the name, or one of pyenv's. */
async function findPython([major, minor]: readonly [number, number]): Promise<string | undefined> {
  const named = [0, 1, 2, 3].map((more) => `${major}.${minor + more}`);
  // The names on the PATH are pyenv's own programs, which run only the versions that a setting of pyenv names.
  const folder = `${Deno.env.get("PYENV_ROOT") ?? `${Deno.env.get("HOME")}/.pyenv`}/versions`;
  const installed = (await Array.fromAsync(Deno.readDir(folder)).catch(() => [])).map(({ name }) => name);
  const ofPyenv = named.flatMap((version) => installed.filter((name) => name.startsWith(`${version}.`)));
  const names = [
    "python3",
    ...named.map((version) => `python${version}`),
    ...ofPyenv.map((name) => `${folder}/${name}/bin/python`),
  ];
  for (const name of names) {
    const test = `import sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`;
    if ((await output(name, ["-c", test])).code === 0) return name;
  }
}

/** Runs programs one after another; gives the last line of what the first one that fails says. */
async function firstFailure(steps: ReadonlyArray<ReadonlyArray<string>>): Promise<string | undefined> {
  for (const [program = "", ...args] of steps) {
    const { code, stderr } = await output(program, args);
    if (code !== 0) return stderr.trim().split("\n").at(-1) ?? "";
  }
}

/** The arguments of pip. Building a package from its source takes minutes, and needs compilers. */
const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"];

/** uv, which installs in seconds what takes pip a minute; nothing where it cannot be had. */
async function installUv(python: string): Promise<string | undefined> {
  const folder = `${cache}/uv`;
  const program = `${folder}/bin/uv`;
  if ((await output(program, ["--version"])).code === 0) return program;
  const failure = await firstFailure([
    [python, "-m", "venv", "--clear", folder],
    [`${folder}/bin/python`, ...pip, "uv~=0.13.8"],
  ]);
  return failure === undefined ? program : undefined;
}

/** The Python of a virtual environment with a client's packages, or the reason why it cannot be made. */
async function installPython(
  { atLeast, packages }: PythonPackages,
): Promise<{ readonly program: string } | { readonly missing: string }> {
  const found = await findPython(atLeast);
  if (found === undefined) return { missing: `needs Python ${atLeast.join(".")} or later` };
  const names = packages.split(" ");
  const folder = `${cache}/${names[0]}`;
  const program = `${folder}/bin/python`;
  const stamp = `${folder}/packages.txt`;
  if (await Deno.readTextFile(stamp).catch(() => "") === packages) return { program };
  await Deno.mkdir(cache, { recursive: true });
  const uv = await installUv(found);
  // Compiled, as pip does it: otherwise each process compiles what it imports.
  const byUv = uv === undefined ? "no uv" : await firstFailure([
    [uv, "venv", "--quiet", "--clear", "--python", found, folder],
    [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", program, ...names],
  ]);
  // pip has settings of its own, such as another index.
  const byPip = byUv === undefined ? undefined : await firstFailure([
    [found, "-m", "venv", "--clear", folder],
    [program, ...pip, ...names],
  ]);
  if (byPip !== undefined) return { missing: `cannot be installed: ${byPip}` };
  await Deno.writeTextFile(stamp, packages);
  return { program };
}

/** Runs something against a sandbox in a process of its own, with the variables that it announces. */
async function withSandbox<A>(
  flags: ReadonlyArray<string>,
  use: (env: Readonly<Record<string, string>>) => Promise<A>,
): Promise<A> {
  const cli = new URL("../../cli.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--quiet", "--no-check", cli, "sandbox", "--speed", "600", ...flags];
  const process = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  try {
    let announced = "";
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      announced += text;
      if (announced.includes(flags.includes("--tls") ? "SSL_CERT_FILE=" : "ACCOUNT_ID=1\n")) break;
    }
    const variables = [...announced.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) =>
      [name, value] as const
    );
    return await use(Object.fromEntries(variables));
  } finally {
    process.kill("SIGTERM");
    await process.status;
  }
}

/** Runs a client. */
async function run(client: ForeignClient): Promise<Result> {
  const start = performance.now();
  const done = (result: Omit<Result, "name" | "seconds">): Result => ({
    name: client.name,
    seconds: (performance.now() - start) / 1000,
    ...result,
  });
  const python = client.python === undefined ? { program: "" } : await installPython(client.python);
  if ("missing" in python) return done({ calls: [], skipped: python.missing });
  const { sandbox = [] } = client;
  const use = async (env: Readonly<Record<string, string>>) => {
    const variables = {
      ...env,
      DBTC_FOREIGN: cache,
      DBTC_FOREIGN_PYTHON: python.program,
      PYTHONPATH: `${here}site`,
      PYTHONDONTWRITEBYTECODE: "1",
      NO_COLOR: "1",
    };
    const script = `${here}${client.script}`;
    const [program, args] = script.endsWith(".ts")
      ? [Deno.execPath(), ["run", "-A", "--quiet", "--no-check", script]]
      : [python.program, [script]];
    const { code, stderr, stdout } = await output(program, args, { env: variables, cwd: here });
    const lines = stdout.split("\n").filter((line) => line.startsWith(`{"call"`));
    const calls = lines.map((line): Call => JSON.parse(line));
    // 75 is EX_TEMPFAIL of sysexits.h: the script says what it lacks on this machine.
    if (code === 75) return done({ calls, skipped: stderr.trim().split("\n").at(-1) ?? "" });
    return done(code === 0 ? { calls } : { calls, failure: stderr.trim().split("\n").slice(-8).join("\n") });
  };
  return sandbox === "its own" ? await use({}) : await withSandbox(sandbox, use);
}

/** What is wrong with a call: it fails for no known reason, or works although a bug is known. */
function fault({ call, known, problem }: Call): string | undefined {
  if (known === null) return problem === null ? undefined : `${call}: ${problem}`;
  return problem === null ? `${call}: works, so this is wrong: ${known}` : undefined;
}

if (import.meta.main) {
  const names = Deno.args.filter((name) => name !== "all");
  const unknown = names.filter((name) => foreignClients.every((client) => client.name !== name));
  if (unknown.length > 0) {
    console.error(`No client ${unknown.join(", ")}. There are: ${foreignClients.map(({ name }) => name).join(", ")}`);
    Deno.exit(2);
  }
  const chosen = foreignClients.filter(({ checked, name, slow }) =>
    names.includes(name) || (Deno.args.includes("all") ? slow !== true : names.length === 0 && checked)
  );
  const results: Array<Result> = [];
  for (const client of chosen) {
    const result = await run(client);
    results.push(result);
    console.log(
      `${client.name}: ${result.skipped ?? `${result.calls.length} calls in ${Math.round(result.seconds)} s`}`,
    );
    for (const { call, known } of result.calls) if (known !== null) console.log(`  ${call}: cannot work: ${known}`);
    for (const text of [...result.calls.map(fault), result.failure]) {
      if (text !== undefined) console.log(`  FAILED ${text}`);
    }
  }
  console.log("\n| client | calls | worked | cannot work |\n| --- | --- | --- | --- |");
  for (const { calls, name, skipped } of results) {
    const { python } = foreignClients.find((client) => client.name === name) ?? {};
    const version = [
      name,
      ...python?.packages.split(" ")[0]?.split("==").slice(1) ?? [],
      ...Object.entries(goModules).flatMap(([module, { version }]) => module === name ? [version] : []),
    ].join(" ");
    const worked = calls.filter(({ problem }) => problem === null).length;
    const cannot = calls.filter(({ known }) => known !== null).length;
    console.log(
      skipped === undefined
        ? `| ${version} | ${calls.length} | ${worked} | ${cannot} |`
        : `| ${version} | skipped: ${skipped} | | |`,
    );
  }
  const all = results.flatMap(({ calls }) => calls);
  const failed = all.filter((call) => fault(call) !== undefined).length +
    results.filter(({ failure }) => failure !== undefined).length;
  const skipped = results.filter((result) => result.skipped !== undefined).length;
  // As `deno test` sums up, for tools/checks.ts.
  console.log(
    `\n${failed === 0 ? "ok" : "FAILED"} | ${
      all.filter((call) => fault(call) === undefined).length
    } passed | ${failed} failed | ${skipped} ignored`,
  );
  Deno.exit(failed === 0 ? 0 : 1);
}
