/**
 * Why a file cannot be read or written, in words: the platform itself says `Unknown: FileSystem.writeAll (24)`. Used
 * wherever a file is read or written that the user names.
 *
 * @module
 */
import { isPlatformError } from "effect/PlatformError";
import { withoutControls } from "./redact.ts";

/** The codes of the operating system. https://man7.org/linux/man-pages/man3/errno.3.html */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "the file is in use",
  EDQUOT: "the disk quota is used up",
  EEXIST: "a part of the path is not a folder", // from making the folder of a file
  EFBIG: "the file would be too large",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of the path is not a folder",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};

/** The numbers that Deno gives instead of codes, on Linux. */
const errnos: Readonly<Record<string, string>> = {
  "1": "EPERM",
  "2": "ENOENT",
  "13": "EACCES",
  "17": "EEXIST",
  "20": "ENOTDIR",
  "21": "EISDIR",
  "27": "EFBIG",
  "28": "ENOSPC",
  "30": "EROFS",
  "36": "ENAMETOOLONG",
  "122": "EDQUOT",
};

/** The reason of an error that the platform fails with or throws: the system's, or the permission that Deno misses. */
export function fileProblem(error: unknown): string {
  let last = error;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === "NotCapable") return withoutControls(cause.message); // it names the flag
    const code = "code" in cause && typeof cause.code === "string" ? cause.code : codeIn(cause.message);
    if (Object.hasOwn(reasons, code)) return reasons[code] ?? code;
    last = cause;
  }
  if (isPlatformError(error) && error.reason._tag === "NotFound") return "no such file or folder";
  if (isPlatformError(error) && error.reason._tag === "PermissionDenied") return "permission denied";
  return withoutControls(last instanceof Error ? last.message : String(last));
}

/** Whether an error is one of the file system or of a stream to it. */
export function isFileProblem(error: unknown): boolean {
  return error instanceof Error && Object.hasOwn(reasons, codeIn(error.message));
}

/** Node begins its messages with the code: `ENOSPC: no space left on device, write`. Deno has it at the end. */
function codeIn(message: string): string {
  // A path in the message may have words in capitals too.
  const code = message.match(/\bE[A-Z]{2,}\b/g)?.find((word) => Object.hasOwn(reasons, word));
  if (code !== undefined) return code;
  const [, errno = ""] = /\(os error (\d+)\)/.exec(message) ?? [];
  return errnos[errno] ?? "";
}
