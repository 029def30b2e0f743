/**
 * The errors of a GraphQL answer, and the reason of a call that fails with them. They come with status 200 or 400.
 *
 * @module
 */
import * as Predicate from "effect/Predicate";
import type { GraphQLError, Reason, Words } from "../error.ts";

/** The errors of an answer's body; undefined where it has none. */
export function graphqlErrors(body: unknown): ReadonlyArray<GraphQLError> | undefined {
  if (!Predicate.isReadonlyObject(body) || !Array.isArray(body.errors) || body.errors.length === 0) return undefined;
  return body.errors.map(readError);
}

/** An error as it came. One without a message, which no server should send, is shown whole. */
function readError(error: unknown): GraphQLError {
  const message = typeof error === "string" ? error : JSON.stringify(error);
  if (!Predicate.isReadonlyObject(error)) return { message };
  const { extensions, path } = error;
  const steps = Array.isArray(path) ? path.filter((step) => typeof step === "string" || typeof step === "number") : [];
  return {
    message: typeof error.message === "string" ? error.message : message,
    ...(steps.length === 0 ? {} : { path: steps }),
    ...(Predicate.isReadonlyObject(extensions) ? { extensions } : {}),
  };
}

/** The messages of errors in one line, each once, with its place in the answer. */
export function messagesOf(errors: ReadonlyArray<GraphQLError>): string {
  // Errors of the same kind for each row of a page say the same.
  const messages = [
    ...new Set(
      errors.map(({ message, path = [] }) =>
        // The first step is the query itself.
        path.length < 2 ? message : `${message} (at ${path.filter((step) => typeof step === "string").join(".")})`
      ),
    ),
  ];
  const more = messages.length - mostMessages;
  return messages.slice(0, mostMessages).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** How many messages of an answer are shown. */
const mostMessages = 5;

/** What an answer says by its errors. */
export function wordsOfErrors(errors: ReadonlyArray<GraphQLError>): Words {
  return { user_message: messagesOf(errors), errors };
}

/** Whether one of the errors has this code. */
export function hasCode(errors: ReadonlyArray<GraphQLError>, code: string): boolean {
  return errors.some(({ extensions }) => extensions?.code === code);
}

/** The reason of a call that fails with errors, whatever its status. */
export function graphqlFailure(status: number, host: string, errors: ReadonlyArray<GraphQLError>): Reason {
  const words = wordsOfErrors(errors);
  // dbt's Semantic Layer has no code for it; semantic-layer-sdk-python compares the same words.
  const isRefused = errors.some(({ message }) => message === "User is not authorized");
  if (isRefused || hasCode(errors, "FORBIDDEN")) return { _tag: "Forbidden", status, ...words };
  if (hasCode(errors, "UNAUTHENTICATED")) return { _tag: "Unauthorized", status, host, ...words };
  if (hasCode(errors, "NOT_FOUND")) return { _tag: "NotFound", status, host, enveloped: true, ...words };
  return { _tag: "Invalid", status, ...words };
}
