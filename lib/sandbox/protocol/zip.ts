/**
 * ZIP files, as far as a small one needs it: nothing is compressed.
 *
 * @module
 */
import { crc32 } from "node:zlib";

/** Numbers of so many bytes each, lowest byte first. */
function numbers(...fields: ReadonlyArray<readonly [value: number, size: number]>): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([value, size]) => Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** at) % 256)),
  );
}

function joined(parts: ReadonlyArray<Uint8Array>): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A ZIP file of these texts, by path. All of them are of 1 January 2024. */
export function zip(files: Readonly<Record<string, string>>): Uint8Array {
  const locals: Array<Uint8Array> = [];
  const central: Array<Uint8Array> = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = new TextEncoder().encode(path);
    const data = new TextEncoder().encode(text);
    // Version 2.0, UTF-8 names, stored, time and date.
    const head = numbers([20, 2], [0x800, 2], [0, 2], [0, 2], [0x5821, 2], [crc32(data), 4], [data.length, 4]);
    const sizes = numbers([data.length, 4], [name.length, 2], [0, 2]);
    const local = joined([numbers([0x04034b50, 4]), head, sizes, name, data]);
    const place = numbers([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
    central.push(joined([numbers([0x02014b50, 4], [20, 2]), head, sizes, place, name]));
    locals.push(local);
    offset += local.length;
  }
  const index = joined(central);
  const count = central.length;
  const end = numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [index.length, 4], [offset, 4], [0, 2]);
  return joined([...locals, index, end]);
}
