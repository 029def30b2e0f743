/** How many requests a second a sandbox in another process answers, eight at a time. @module */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const count = 4000;
const cli = new URL("../cli.ts", import.meta.url).pathname;

const sandbox = spawn(Deno.execPath(), ["run", "-A", cli, "sandbox", "--runs", "100"]);
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("{}"));
try {
  const [ready] = await once(createInterface(sandbox.stdout), "line");
  const host = /http:\S+/.exec(String(ready))?.[0] ?? "";
  console.log(`\nthe sandbox: requests a second, of ${count}, 8 at a time`);
  await report("Deno.serve that answers {}, this process", `http://127.0.0.1:${server.addr.port}`);
  await report("GET a job", `${host}/api/v2/accounts/1/jobs/1/`);
  await report("GET 100 runs", `${host}/api/v2/accounts/1/runs/?limit=100`);
} finally {
  sandbox.kill();
  await once(sandbox, "close");
  await server.shutdown();
}

/** Asks until all is asked, after a tenth of it to warm up. */
async function report(name: string, url: string): Promise<void> {
  await ask(url, count / 10);
  const start = performance.now();
  await ask(url, count);
  const rate = count / ((performance.now() - start) / 1000);
  console.log(`  ${name.padEnd(48)} ${rate.toFixed(0).padStart(6)} /s`);
}

async function ask(url: string, count: number): Promise<void> {
  let left = count;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (left-- > 0) {
      const answer = await fetch(url, { headers: { authorization: "Bearer sandbox" } });
      await answer.text();
      if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    }
  }));
}
