import type { Sabotage } from './sabotage.ts';

/** Of servers of external tools. */
export const externalToolSabotages: readonly Sabotage[] = [
  {
    name: 'external tool that runs unasked',
    breaks: 'a user approves what an external tool does, unless it only reads',
    places: [
      {
        file: 'libs/mcp/src/mcp.tool.ts',
        find: "(offered.isReadOnly ? 'never' : 'required')",
        replace: "'never'",
      },
    ],
    guard: { spec: 'libs/mcp/src/mcp-catalog.spec.ts' },
  },
  {
    name: "child process that reads this server's secrets",
    breaks: 'an external server sees nothing that this server keeps secret',
    places: [
      {
        file: 'libs/mcp/src/mcp-connector.service.ts',
        find: "this.options.stdioIsolation === 'off'",
        replace: "this.options.stdioIsolation !== 'off'",
      },
    ],
    guard: { spec: 'libs/mcp/src/stdio-isolation.spec.ts' },
  },
  {
    name: 'child process that can uncover what is hidden',
    breaks: 'an isolated child process has no capabilities',
    places: [
      {
        file: 'libs/mcp/src/stdio-isolation.ts',
        find: '--no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all --',
        replace: '--',
      },
    ],
    guard: { spec: 'libs/mcp/src/stdio-isolation.spec.ts' },
  },
  {
    name: 'pinned tool that may change',
    breaks: 'a tool with another description than the pinned one is left out',
    places: [
      {
        file: 'libs/mcp/src/mcp-catalog.service.ts',
        find: 'permitted.pinned !== fingerprint',
        replace: "permitted.pinned === ''",
      },
    ],
    guard: { spec: 'libs/mcp/src/mcp-catalog.spec.ts' },
  },
  {
    name: 'tool that changes while the server runs',
    breaks: 'a tool that is no longer what it was at the start is refused',
    places: [
      {
        file: 'libs/mcp/src/mcp-sessions.service.ts',
        find: 'this.#assertUnchanged(server, tool, list);',
        replace: '',
      },
    ],
    guard: { spec: 'libs/mcp/src/mcp-calls.spec.ts' },
  },
  {
    name: 'call that is repeated though it may have acted',
    breaks: 'only a call that the server has not run is made again',
    places: [
      {
        file: 'libs/mcp/src/mcp-request.ts',
        find: 'sessionCodes.has(code) && noSession.test(',
        replace: 'sessionCodes.has(code) || noSession.test(',
      },
    ],
    guard: { spec: 'libs/mcp/src/mcp-calls.spec.ts' },
  },
  {
    name: 'hidden characters in what models are told of a tool',
    breaks: 'a model is told of a tool what a person can see',
    places: [
      {
        file: 'libs/mcp/src/visible-text.ts',
        find: "cut(cut(text, max * 4).replace(hidden, ''), max).trim();",
        replace: 'cut(text, max).trim();',
      },
    ],
    guard: { spec: 'libs/mcp/src/mcp-catalog.spec.ts' },
  },
];
