/** As many as Stripe gives at once. */
const A_PAGE = 100;

interface List<T> {
  data: T[];
  has_more: boolean;
}

/** A list, page by page, each asked for when the one before it is done with. */
export async function* pages<T extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<List<T>>,
): AsyncGenerator<T[]> {
  let after: string | undefined;
  do {
    const page = { limit: A_PAGE, ...(after !== undefined && { starting_after: after }) };
    const { data, has_more: more } = await list(page);
    yield data;
    after = more ? data.at(-1)?.id : undefined;
  } while (after !== undefined);
}
