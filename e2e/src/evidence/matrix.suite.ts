import { randomUUID } from 'node:crypto';
import { probe, type ProbeRequest, type ProbeResponse } from '../http-probe.ts';
import type { Server } from '../server.ts';
import { operationsOf, validBody, type Operation } from './api-document.ts';
import { pathOf } from './bad-request-generator.ts';
import { Cluster } from './cluster.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import type { Evidence } from './evidence.ts';
import { checkEvents } from './matrix-events.ts';
import { MatrixFixtures, WHAT, WHO, type Caller, type What, type Who } from './matrix-fixtures.ts';
import { median } from './percentile.ts';

const AT_A_TIME = 8;
const TARGET_MS = 5;

export const matrix: EvidenceSuite = {
  name: 'matrix',
  promise:
    'Every route and event answers every caller about every thing as it must; foreign and absent are one.',
  tried:
    'Every operation of the API document and every socket event, for every kind of caller, about own, foreign and absent things; the times of foreign and absent are compared.',
  async run(evidence) {
    const cluster = await Cluster.start(1);
    evidence.defer(() => cluster.dispose());
    const server = cluster.node(0);
    const fixtures = new MatrixFixtures(cluster, server);
    const callers = await callersOf(fixtures);
    const ben = await fixtures.signUp();
    const operations = await operationsOf(server);
    const suite = new Matrix(server, fixtures, callers, ben);
    const cells = operations.flatMap((operation) =>
      WHO.flatMap((who) => whatsOf(operation).map((what) => ({ operation, who, what }))),
    );
    await eachOf(cells, ({ operation, who, what }) => suite.try(operation, who, what));
    suite.report(evidence, operations, cells.length);
    await checkEvents(evidence, server, fixtures, callers, ben);
    await compareTimes(evidence, server, fixtures, callers, ben);
  },
};

const callersOf = async (fixtures: MatrixFixtures): Promise<Record<Who, Caller>> => ({
  anonymous: { userId: '', token: '' },
  user: await fixtures.signUp(),
  admin: await fixtures.signUp(true),
  expired: await fixtures.expired(),
  revoked: await fixtures.revoked(),
});

/** A route that names no thing is asked once. */
const whatsOf = (operation: Operation): readonly What[] => (idsOf(operation).length === 0 ? ['own'] : WHAT);

const idsOf = ({ parameters }: Operation): string[] =>
  parameters
    .filter(({ in: place, schema }) => place === 'path' && schema.format === 'uuid')
    .map(({ name }) => name);

class Matrix {
  readonly #answers = new Map<string, ProbeResponse>();
  readonly #complaints: string[] = [];
  readonly #unknown = new Set<string>();

  constructor(
    private readonly server: Server,
    private readonly fixtures: MatrixFixtures,
    private readonly callers: Readonly<Record<Who, Caller>>,
    private readonly ben: Caller,
  ) {}

  async try(operation: Operation, who: Who, what: What): Promise<void> {
    const values = await this.#valuesOf(operation, who, what);
    if (!values) return void this.#unknown.add(operation.name);
    const caller = await this.#callerOf(operation, who);
    const ask = (): Promise<ProbeResponse> =>
      probe(this.server.url, {
        method: operation.method,
        path: pathOf(operation, values) + queryOf(operation),
        ...(caller.token !== '' && { token: caller.token }),
        ...bodyOf(operation),
      });
    const response = operation.isUpload ? await this.fixtures.inTurn(ask) : await ask();
    const key = `${operation.name} ${who} ${what}`;
    this.#answers.set(key, response);
    const expected = expectedOf(operation, who, what);
    if (!expected.includes(response.status)) {
      this.#complaints.push(
        `${key}: ${response.status} ${response.text.slice(0, 120)}, not ${expected.join(' or ')}`,
      );
    }
  }

  report(evidence: Evidence, operations: readonly Operation[], cells: number): void {
    for (const name of this.#unknown) evidence.log(`not in the matrix: ${name}`);
    evidence.check(
      `all ${operations.length} routes are in the matrix`,
      this.#unknown.size === 0,
      `${operations.length - this.#unknown.size} of ${operations.length}`,
    );
    for (const complaint of this.#complaints.slice(0, 15)) evidence.log(complaint);
    evidence.check(
      `${cells} cells answer as they must`,
      this.#complaints.length === 0,
      cells - this.#complaints.length,
    );
    const pairs = operations.flatMap((operation) =>
      idsOf(operation).length === 0 ? [] : WHO.map((who) => `${operation.name} ${who}`),
    );
    const different = pairs.filter((pair) => {
      const absent = this.#bodyOf(`${pair} absent`);
      const isSeen = / \/v1\/admin\/.* admin$/.test(pair);
      return (
        (!isSeen && this.#bodyOf(`${pair} another's`) !== absent) ||
        this.#bodyOf(`${pair} deleted`) !== absent
      );
    });
    for (const pair of different.slice(0, 5)) evidence.log(`${pair} tells them apart`);
    evidence.check(
      "another's, deleted and absent are answered with one status and body",
      different.length === 0,
      `${pairs.length - different.length} of ${pairs.length}`,
    );
  }

  #bodyOf(key: string): string {
    const answer = this.#answers.get(key);
    return `${answer?.status} ${answer?.text.replace(/"requestId":"[^"]+"/, '')}`;
  }

  /** What a request's path names; undefined when the matrix does not know how to make it. */
  async #valuesOf(operation: Operation, who: Who, what: What): Promise<Record<string, string> | undefined> {
    const values: Record<string, string> = {};
    for (const name of idsOf(operation)) {
      // Who has no account of their own owns nothing: their own is another's.
      const owner =
        what === 'own' && who !== 'anonymous' && who !== 'expired' && who !== 'revoked'
          ? this.callers[who]
          : this.ben;
      if (what === 'absent') values[name] = randomUUID();
      else if (what === 'malformed') values[name] = 'test_1';
      else {
        const made = this.fixtures.make(name, owner);
        if (!made) return undefined;
        values[name] = await made;
        if (what === 'deleted') await this.fixtures.delete(name, values[name]);
      }
    }
    for (const { name, in: place, schema } of operation.parameters) {
      if (place === 'path' && schema.format !== 'uuid') values[name] = namesOf[name] ?? 'not_found';
    }
    return values;
  }

  /** A route that ends a session must not end that of the other cells. */
  async #callerOf({ path }: Operation, who: Who): Promise<Caller> {
    if (!path.includes('sign-out') || !(who === 'user' || who === 'admin')) return this.callers[who];
    return this.fixtures.signUp(who === 'admin');
  }
}

/** What is the same for everybody, by the name of the path parameter that asks for it. */
const namesOf: Readonly<Record<string, string>> = { flagName: 'run_queue_wake' };

const isAdministration = (path: string): boolean => path.startsWith('/v1/admin/') || path === '/metrics';

/** The statuses that are right. */
function expectedOf({ isPublic, path, statuses }: Operation, who: Who, what: What): readonly number[] {
  // A run that has ended meanwhile has nothing to decide any more.
  const isSuccess = (status: number): boolean =>
    (status >= 200 && status < 300) || (status === 409 && path.startsWith('/v1/approvals/'));
  const successes = statuses.filter(isSuccess);
  // A public route looks at what it is sent only: its examples are refused, or make an account.
  if (isPublic) return [...successes, 200, 201, 400, 401, 409];
  if (who === 'anonymous' || who === 'expired' || who === 'revoked') return [401];
  if (isAdministration(path) && who === 'user') return [403];
  if (what === 'malformed') return [400];
  // Nobody is another to an administrator.
  return what === 'own' || (isAdministration(path) && what === "another's") ? successes : [404];
}

const queryOf = ({ path }: Operation): string =>
  path === '/v1/tables' ? `?name=t${randomUUID().slice(0, 8)}` : '';

function bodyOf(operation: Operation): Partial<ProbeRequest> {
  if (operation.isUpload) return { headers: { 'content-type': 'text/csv' }, body: 'a,b\n1,2\n' };
  return operation.body ? { body: validBody(operation) } : {};
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** Whether the clock tells a foreign thing from an absent one. */
async function compareTimes(
  evidence: Evidence,
  server: Server,
  fixtures: MatrixFixtures,
  { user }: Readonly<Record<Who, Caller>>,
  ben: Caller,
): Promise<void> {
  const samples = evidence.long ? 1_000 : 150;
  const foreign = await fixtures.make('threadId', ben);
  const times: Record<'foreign' | 'absent', number[]> = { foreign: [], absent: [] };
  for (let sample = 0; sample < samples; sample += 1) {
    const both = [
      ['foreign', foreign ?? ''],
      ['absent', randomUUID()],
    ] as const;
    // Whoever comes first may pay for waking up: they take turns.
    for (const [kind, id] of sample % 2 === 0 ? both : both.toReversed()) {
      const startedAt = performance.now();
      await probe(server.url, { path: `/v1/threads/${id}`, token: user.token });
      times[kind].push(performance.now() - startedAt);
    }
  }
  const medians = [median(times.foreign), median(times.absent)] as const;
  const difference = Math.abs(medians[0] - medians[1]);
  evidence.target(
    `foreign and absent take the same time, over ${samples} samples each`,
    difference < TARGET_MS,
    `${medians[0].toFixed(2)} / ${medians[1].toFixed(2)} ms, ${difference.toFixed(2)} ms apart`,
  );
}
