/**
 * Runs a command with a PostgreSQL server for tests: `deno run -A tools/postgres.ts deno test …`. The command finds the
 * server's URL in `DBTC_TEST_POSTGRES`. `deno task durable` runs the tests of deployments so.
 *
 * The server is that of this machine's packages. Where there is none, it is installed by apt-get if that is possible,
 * which is so in CI. It listens on 127.0.0.1, on a free port, and keeps its data in a temporary folder. PostgreSQL
 * refuses to run as root: then it runs as the user `postgres`, which the package makes.
 *
 * @module
 */

/** How long the command may take, in milliseconds: three minutes, or `DBTC_TEST_SECONDS`. */
const longest = Number(Deno.env.get("DBTC_TEST_SECONDS") ?? 180) * 1000;

const isRoot = Deno.uid() === 0;

async function run(command: string, ...args: ReadonlyArray<string>): Promise<string | undefined> {
  try {
    const { stdout, success } = await new Deno.Command(command, { args: [...args], stdin: "null", stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}

/** The folder of PostgreSQL's programs: Debian keeps them out of the PATH. */
async function findServer(): Promise<string | undefined> {
  const debian = await run("sh", "-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1");
  const folders = [debian, await run("pg_config", "--bindir"), await run("sh", "-c", "dirname $(command -v initdb)")];
  for (const folder of folders) {
    if (folder && await run(`${folder}/postgres`, "--version")) return folder;
  }
  return undefined;
}

async function install(): Promise<void> {
  if (!isRoot || await run("apt-get", "--version") === undefined) return;
  console.log("Installing PostgreSQL by apt-get");
  const quiet = "DEBIAN_FRONTEND=noninteractive apt-get -qq";
  await run("sh", "-c", `${quiet} install postgresql || { ${quiet} update && ${quiet} install postgresql; }`);
}

/** A server, and how to stop it. */
interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function start(folder: string): Promise<Server> {
  const data = await Deno.makeTempDir({ prefix: "dbtc-postgres-" });
  const asUser = isRoot ? ["runuser", "-u", "postgres", "--"] : [];
  if (isRoot) await run("chown", "postgres", data);
  const [initdb = "", ...args] = [...asUser, `${folder}/initdb`, "-D", `${data}/db`, "-U", "dbtc", "-A", "trust", "-N"];
  if (await run(initdb, ...args) === undefined) throw new Error("initdb failed");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  // The data are thrown away: they need not reach the disk.
  const settings = ["fsync=off", "unix_socket_directories=", "listen_addresses=127.0.0.1", "max_connections=200"]
    .flatMap((setting) => ["-c", setting]);
  const [command = "", ...rest] = [
    ...asUser,
    `${folder}/postgres`,
    "-D",
    `${data}/db`,
    "-p",
    String(port),
    ...settings,
  ];
  const server = new Deno.Command(command, { args: rest, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  for (let i = 0; await run(`${folder}/pg_isready`, "-h", "127.0.0.1", "-p", String(port)) === undefined; i++) {
    if (i === 100) throw new Error("PostgreSQL does not answer");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url: `postgres://dbtc@127.0.0.1:${port}/postgres`,
    stop: async () => {
      // SIGINT ends its sessions. `runuser` hands it on.
      const pid = (await Deno.readTextFile(`${data}/db/postmaster.pid`)).split("\n")[0];
      Deno.kill(Number(pid), "SIGINT");
      await server.status;
      await Deno.remove(data, { recursive: true });
    },
  };
}

if (import.meta.main) {
  const [command = "", ...args] = Deno.args;
  let folder = await findServer();
  if (folder === undefined) {
    await install();
    folder = await findServer();
  }
  if (folder === undefined) {
    console.log(
      "PostgreSQL is not installed: its tests are skipped. On Debian and Ubuntu: apt-get install postgresql. " +
        "On macOS: brew install postgresql",
    );
  }
  const server = folder === undefined ? undefined : await start(folder);
  try {
    const child = new Deno.Command(command === "deno" ? Deno.execPath() : command, {
      args,
      env: server === undefined ? {} : { DBTC_TEST_POSTGRES: server.url },
    }).spawn();
    const timer = setTimeout(() => {
      console.log(`FAILED: not done after ${longest / 1000} s`);
      child.kill("SIGKILL");
    }, longest);
    const { code } = await child.status;
    clearTimeout(timer);
    Deno.exitCode = code;
  } finally {
    await server?.stop();
  }
}
