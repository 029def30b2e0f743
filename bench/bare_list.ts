/** All runs as lines of JSON with `fetch` and `JSON` alone, 24 pages at a time: what a program costs at least. @module */
const url = `${Deno.env.get("DBT_CLOUD_HOST")}/api/v2/accounts/1/runs/?order_by=id&limit=100&offset=`;
const encoder = new TextEncoder();

async function page(offset: number): Promise<{ data: ReadonlyArray<unknown>; total: number }> {
  const answer = await fetch(url + offset, { headers: { authorization: "Bearer sandbox" } });
  const { data, extra } = JSON.parse(await answer.text());
  return { data, total: extra.pagination.total_count };
}

async function print(rows: ReadonlyArray<unknown>): Promise<void> {
  let bytes = encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
}

const { data, total } = await page(0);
await print(data);
const ahead: Array<ReturnType<typeof page>> = [];
for (let offset = 100; offset < total || ahead.length > 0;) {
  for (; ahead.length < 24 && offset < total; offset += 100) ahead.push(page(offset));
  await print((await ahead.shift())?.data ?? []);
}
