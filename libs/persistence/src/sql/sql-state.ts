/** The SQLSTATE (or system error code) of a failed query, also when a query builder wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let current = error; isRecord(current); current = current['cause']) {
    if (typeof current['code'] === 'string') return current['code'];
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
