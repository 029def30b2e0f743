/**
 * Opens a page in the user's browser. `open_page.ts` uses it; tests replace it.
 *
 * Own code, because packages for this bring helpers for every desktop and start a shell; one program with one argument
 * is enough.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import process from "node:process";
import { variable } from "../../client/environment_variables.ts";

/** A browser. */
export interface Browser {
  /** Opens a page. Gives the reason if it cannot. */
  readonly open: (url: string) => Effect.Effect<string | undefined>;
}

/** The program of a system that opens a URL. */
const openers: Readonly<Record<string, string>> = { darwin: "open", win32: "explorer", linux: "xdg-open" };

/** The browser of this machine: `$BROWSER`, or what the system opens URLs with. */
export const Browser: Context.Reference<Browser> = Context.Reference<Browser>("@dbtc/dbtc/cli/output/browser/Browser", {
  defaultValue: () => ({
    open: Effect.fnUntraced(function* (url) {
      // The URL comes from a server: nothing but a page is opened.
      if (!/^https?:\/\//.test(url)) return `${JSON.stringify(url)} is not the URL of a page`;
      const program = (yield* variable("BROWSER")) ?? openers[process.platform] ?? "xdg-open";
      if ("Deno" in globalThis && Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") {
        return `dbtc may not start a browser. Install it with --allow-run=${program}`;
      }
      return yield* Effect.promise(() => start(program, url));
    }),
  }),
});

/** Starts a program that outlives this one. Gives the reason if it cannot be started, or fails at once. */
async function start(program: string, url: string): Promise<string | undefined> {
  const { spawn } = await import("node:child_process");
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  try {
    const child = spawn(program, [url], { stdio: "ignore", detached: true });
    // explorer exits with 1 even if it opens the page.
    const isFailure = (code: number | null) => code !== null && code !== 0 && program !== "explorer";
    child.on("error", ({ message }) => resolve(`${program} cannot be started: ${message}`))
      .on("exit", (code) => resolve(isFailure(code) ? `${program} ended with exit code ${code}` : undefined));
    // A browser that stays in the foreground has opened the page.
    const timer = setTimeout(() => resolve(undefined), 2000);
    child.unref();
    return await promise.finally(() => clearTimeout(timer));
  } catch (error) {
    return `${program} cannot be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}
