/** Does something for each number from 0 to `count` - 1, so many at the same time. @returns the results by number */
export async function inWaves<R>(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(count);
  const indices = results.keys();
  const worker = async (): Promise<void> => {
    for (const index of indices) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
