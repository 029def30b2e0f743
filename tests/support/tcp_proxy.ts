/**
 * A TCP proxy on 127.0.0.1 that can be cut: as a server that goes away and comes back. The tests of databases use it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Net from "node:net";

/** A proxy. */
export interface TcpProxy {
  /** Where it listens. */
  readonly port: number;
  /** Ends all connections, and refuses new ones. */
  readonly cut: () => void;
  /** Accepts connections again. */
  readonly mend: Effect.Effect<void>;
}

/** Makes a proxy for a port of 127.0.0.1. It ends with its scope. */
export const makeTcpProxy: (target: number) => Effect.Effect<TcpProxy, never, Scope.Scope> = Effect.fnUntraced(
  function* (target) {
    const sockets = new Set<Net.Socket>();
    const server = Net.createServer((client) => {
      const upstream = Net.connect(target, "127.0.0.1");
      for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
        sockets.add(socket);
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.on("error", () => other.destroy());
        socket.pipe(other);
      }
    });
    const listen = (port: number) =>
      Effect.callback<number>((resume) => {
        server.listen(port, "127.0.0.1", () => {
          const address = server.address();
          resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0));
        });
      });
    const cut = () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    const port = yield* listen(0);
    yield* Effect.addFinalizer(() => Effect.sync(cut));
    return { port, cut, mend: Effect.asVoid(listen(port)) };
  },
);
