import { ConnectionCounts, SILENCE_MS } from './connection-counts.ts';

/** Nodes that hear each other, on one clock. */
function nodesNamed(...names: readonly string[]) {
  const clock = { now: 0 };
  const nodes = names.map((name) => new ConnectionCounts(name, () => clock.now));
  const exchange = (speakers: readonly ConnectionCounts[] = nodes): void => {
    for (const speaker of speakers) {
      for (const payload of speaker.announcements()) for (const node of nodes) node.hear(payload);
    }
  };
  return { clock, nodes: nodes as [ConnectionCounts, ConnectionCounts], exchange };
}

describe("a user's connections", () => {
  it('are counted over all nodes, as they come and go', () => {
    const { nodes, exchange } = nodesNamed('one', 'two');
    nodes[0].change('ada', 1);
    nodes[0].change('ada', 1);
    nodes[1].change('ada', 1);
    exchange();
    expect(nodes.map((node) => node.of('ada'))).toEqual([3, 3]);
    nodes[0].change('ada', -1);
    nodes[0].change('ada', -1);
    exchange();
    expect(nodes.map((node) => node.of('ada'))).toEqual([1, 1]);
  });

  it('are counted for that user alone, however many there are', () => {
    const { nodes, exchange } = nodesNamed('one', 'two');
    for (let user = 0; user < 250; user += 1) nodes[0].change(`user-${user}`, 1);
    exchange();
    expect(nodes[1].of('user-249')).toBe(1);
    expect(nodes[1].of('ada')).toBe(0);
  });

  it('are not counted any more when their node says nothing', () => {
    const { clock, nodes, exchange } = nodesNamed('one', 'two');
    nodes[0].change('ada', 1);
    exchange();
    clock.now += SILENCE_MS;
    expect(nodes[1].of('ada')).toBe(1);
    clock.now += 1;
    expect(nodes[1].of('ada')).toBe(0);
    nodes[1].forgetTheSilent();
    // It was frozen, and says only that it is there: all that it has is asked for.
    for (let turn = 0; turn < 3; turn += 1) exchange();
    expect(nodes[1].of('ada')).toBe(1);
  });

  it('stay counted while nothing changes, as long as their node says so', () => {
    const { clock, nodes, exchange } = nodesNamed('one', 'two');
    nodes[0].change('ada', 1);
    for (let second = 0; second < 10; second += 1) {
      exchange();
      clock.now += 1_000;
    }
    expect(nodes[1].of('ada')).toBe(1);
  });

  it('are told to a node that comes later and asks', () => {
    const { nodes, exchange } = nodesNamed('one', 'two');
    nodes[0].change('ada', 1);
    nodes[0].announcements();
    nodes[0].hear(nodes[1].question());
    exchange();
    expect(nodes[1].of('ada')).toBe(1);
  });

  it('are no reason to speak when there are none', () => {
    const { nodes } = nodesNamed('one', 'two');
    expect(nodes[0].announcements()).toEqual([]);
  });
});
