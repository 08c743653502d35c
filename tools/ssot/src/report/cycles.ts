/** Ways round: each set of nodes that reach each other, as its sorted names joined by arrows. */
export function cyclesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const [index, low, stack, found] = [
    new Map<string, number>(),
    new Map<string, number>(),
    [] as string[],
    [] as string[],
  ];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1 || edges.get(node)?.has(node)) found.push(members.sort().join(' → '));
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found.sort();
}
