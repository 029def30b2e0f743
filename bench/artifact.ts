/**
 * An artifact of 200 MB, streamed to disk: how much more memory than at its start the command has at its peak, against a
 * plain `fetch` into a file. Goal: 150 MB.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { platform } from "../lib/cli/platform.ts";

const megabyte = 2 ** 20;
const size = 200 * megabyte;
const [way, url = "", file = ""] = Deno.args;

if (way === undefined) await report();
else await measure(way);

/** Downloads in this process, and prints the memory that it took. */
async function measure(way: string): Promise<void> {
  const [{ run }, { transport }] = await Promise.all([
    import("../lib/cli/main.ts"),
    import("../lib/client/transport.ts"),
  ]);
  const start = Deno.memoryUsage().rss;
  let most = start;
  const watch = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 10);
  if (way === "fetch") {
    const { body } = await fetch(`${url}/api/v2/accounts/1/runs/1/artifacts/manifest.json`);
    await Deno.writeFile(file, body ?? new Uint8Array());
  } else {
    const argv = ["runs", "get-artifact", "1", "manifest.json", "-o", file];
    await Effect.runPromise(run(argv).pipe(Effect.provide(Layer.merge(platform, transport))));
  }
  clearInterval(watch);
  console.log((most - start) / megabyte, start / megabyte);
}

/** Measures both ways against a server that holds no file, only says one. */
async function report(): Promise<void> {
  const piece = new TextEncoder().encode(`"${"x".repeat(65_533)}",`);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    let left = size;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const next = piece.slice(0, Math.min(left, piece.length));
        left -= next.length;
        if (next.length > 0) controller.enqueue(next);
        if (left === 0) controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "application/json", "content-length": String(size) } });
  });
  const host = `http://127.0.0.1:${server.addr.port}`;
  const directory = await Deno.makeTempDir();
  console.log(`\nan artifact of ${size / megabyte} MB to disk: memory over the start's`);
  let base = NaN;
  for (const way of ["fetch", "dbtc runs get-artifact"]) {
    const target = `${directory}/manifest.json`;
    const begun = performance.now();
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", new URL(import.meta.url).pathname, way, host, target],
      env: { DBT_CLOUD_HOST: host, DBT_CLOUD_SERVICE_TOKEN: "bench", DBT_CLOUD_ACCOUNT_ID: "1" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const [more = NaN, start = NaN] = new TextDecoder().decode(stdout).split(" ").map(Number);
    const { size: written } = await Deno.stat(target);
    if (written !== size) throw new Error(`${way} wrote ${written} bytes of ${size}`);
    if (Number.isNaN(base)) base = more;
    console.log(
      `  ${way.padEnd(24)} ${more.toFixed(0).padStart(4)} MB over ${start.toFixed(0)} MB  × ${
        (more / base).toFixed(2)
      }` +
        `  ${((performance.now() - begun) / 1000).toFixed(1)} s`,
    );
  }
  await Deno.remove(directory, { recursive: true });
  await server.shutdown();
}
