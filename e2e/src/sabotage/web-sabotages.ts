import type { Sabotage } from './sabotage.ts';

const fetchApproval = { spec: 'libs/execution/src/approvals/web-fetch-approval.spec.ts' };

/** Of what comes from the web, and what could go there. */
export const webSabotages: readonly Sabotage[] = [
  {
    name: 'page that is parsed however deep it nests',
    breaks: 'a page costs no more than its size',
    places: [
      {
        file: 'libs/tools/src/web/page-text.task.ts',
        find: 'if (nestsTooDeep(source))',
        replace: 'if (nestsTooDeep(source.slice(0, 0)))',
      },
    ],
    guard: { spec: 'libs/tools/src/web/page-text.spec.ts' },
  },
  {
    name: 'task in a thread without a limit of time',
    breaks: 'untrusted input ends with its limit',
    places: [
      {
        file: 'libs/sandbox/src/task-clock.ts',
        find: 'if (leftMs <= 0) this.#limit.abort();',
        replace: 'if (leftMs <= 0) this.stop();',
      },
    ],
    guard: { spec: 'libs/sandbox/src/sandbox.service.spec.ts' },
  },
  {
    name: 'user who fills all worker threads',
    breaks: 'users take turns in the sandbox',
    places: [
      {
        file: 'libs/sandbox/src/sandbox.service.ts',
        find: 'atOncePerLane: Math.max(1, options.workers - 1),',
        replace: '',
      },
    ],
    guard: { spec: 'libs/sandbox/src/sandbox.service.spec.ts' },
  },
  {
    name: 'tool that counts as harmless because it says nothing',
    breaks: 'answers are private unless a tool declares otherwise',
    places: [
      {
        file: 'libs/tools/src/registry/tool-registry.service.ts',
        find: 'tool.readsPrivateData === false)',
        replace: 'tool.readsPrivateData !== true)',
      },
    ],
    guard: fetchApproval,
  },
  {
    name: 'fetch whose need of approval nobody looks up',
    breaks: 'private data does not leave in an address that an agent chose',
    places: [
      {
        file: 'libs/tools/src/dispatch/tool-dispatcher.service.ts',
        find: 'return (await tool?.needsApproval?.(args, this.session)) ?? false;',
        replace: 'return Promise.resolve(args === tool);',
      },
    ],
    guard: fetchApproval,
  },
  {
    name: 'address that only begins with one of the user',
    breaks: 'an address is the one that the user wrote as a whole or not at all',
    places: [
      {
        file: 'libs/tools/src/web/user-addresses.ts',
        find: 'normalOf(address) === wanted',
        replace: "wanted.startsWith(normalOf(address) ?? ' ')",
      },
    ],
    guard: { spec: 'libs/tools/src/web/user-addresses.spec.ts' },
  },
  {
    name: 'redirect that leads an agent where it may not go by itself',
    breaks: 'a redirect to another host is a new address',
    places: [
      {
        file: 'libs/tools/src/web/web-fetcher.ts',
        find: 'await assertMayFollow?.(next.url);',
        replace: '',
      },
    ],
    guard: { spec: 'libs/tools/src/web/web-fetcher.spec.ts' },
  },
  {
    name: 'public address of this machine that counts as the internet',
    breaks: 'a fetch reaches nothing of this machine',
    places: [
      {
        file: 'libs/tools/src/web/address-check.ts',
        find: '[...denied, ...ownNetworks(interfaces)]',
        replace: '[...denied]',
      },
    ],
    guard: { spec: 'libs/tools/src/web/address-check.spec.ts' },
  },
  {
    name: 'own API key that redaction does not know',
    breaks: 'secrets stay out of events, logs and audit',
    places: [{ file: 'libs/audit/src/secret-forms.ts', find: 'bhk_[\\w-]{8,}', replace: 'bhk_[\\w-]{800,}' }],
    guard: { spec: 'libs/audit/src/redaction.spec.ts' },
  },
  {
    name: 'setting whose secret value redaction leaves',
    breaks: 'secrets stay out of events, logs and audit',
    places: [
      {
        file: 'libs/audit/src/redaction.ts',
        find: 'withoutSecretAssignments(withoutSecretForms(text, REDACTED), isSecret, REDACTED);',
        replace:
          'withoutSecretAssignments(withoutSecretForms(text, REDACTED), () => text === REDACTED, REDACTED);',
      },
    ],
    guard: { spec: 'libs/audit/src/redaction.spec.ts' },
  },
];
