import type { Sabotage } from './sabotage.ts';

/** Of the door before authentication: floods, foreign names, addresses over their limit. */
export const doorSabotages: readonly Sabotage[] = [
  {
    name: 'connection whose packets nobody counts',
    breaks: 'a connection without a user can send a handful of packets',
    places: [
      {
        file: 'apps/gateway/src/realtime/connection-budgets.ts',
        find: 'if (!this.#isClosed && this.budget.spend(amount)) return true;',
        replace: 'return true;',
      },
    ],
    guard: { spec: 'apps/gateway/src/realtime/connection-budgets.spec.ts' },
  },
  {
    name: 'polling body that is decoded before its packets are counted',
    breaks: 'a body of many packets is cut off before it is decoded',
    places: [
      {
        file: 'apps/gateway/src/realtime/connection-budgets.ts',
        find: 'if (watch.spend({ bytes }) && watch.budget.has({ packets })) return;',
        replace: 'if (watch.spend({ bytes })) return;',
      },
    ],
    guard: { spec: 'apps/gateway/src/realtime/connection-budgets.spec.ts', test: 'decoded' },
  },
  {
    name: 'address limit that is looked at after the database',
    breaks: 'an address over its limit costs no query',
    places: [
      {
        file: 'apps/gateway/src/http/address-gate.ts',
        find: 'const refusal = isCare(request, metricsToken) ? undefined : limits.refusal(request.ip);',
        replace: 'const refusal = undefined;',
      },
    ],
    guard: { spec: 'apps/gateway/src/http/address-gate.spec.ts' },
  },
  {
    name: 'health that is limited like anything else',
    breaks: 'an orchestrator is answered whatever an address does',
    places: [
      {
        file: 'apps/gateway/src/rate-limits/counted-requests.ts',
        find: 'if (health.has(url)) return true;',
        replace: '',
      },
    ],
    guard: { spec: 'apps/gateway/src/http/address-gate.spec.ts' },
  },
  {
    name: 'IPv6 addresses that count one by one',
    breaks: 'a /64 is one client',
    places: [
      {
        file: 'libs/user-context/src/subnet.ts',
        find: 'const SUBNET_BITS = 64;',
        replace: 'const SUBNET_BITS = 128;',
      },
    ],
    guard: { spec: 'libs/user-context/src/subnet.spec.ts' },
  },
  {
    name: 'host name that is not looked at',
    breaks: 'a server on loopback is asked under loopback names only',
    places: [
      {
        file: 'apps/gateway/src/http/allowed-hosts.ts',
        find: 'return listed.size === 0 && isLoopback(name);',
        replace: 'return listed.size === 0;',
      },
    ],
    guard: { spec: 'apps/gateway/src/http/allowed-hosts.spec.ts' },
  },
  {
    name: 'body that may take for ever',
    breaks: 'a body that does not arrive in time is answered 408',
    places: [
      {
        file: 'apps/gateway/src/problems/request-timeout.ts',
        find: 'timers.set(request, setTimeout(expire, bodyMs));',
        replace: 'timers.set(request, setTimeout(expire, 1_000 * bodyMs));',
      },
    ],
    guard: { spec: 'apps/gateway/src/problems/request-timeout.spec.ts', test: 'never ends' },
  },
  {
    name: 'connections of an address without a ceiling',
    breaks: 'one address can not take all connections',
    places: [
      {
        file: 'apps/gateway/src/http/connection-limits.ts',
        find: 'if (!release) return socket.destroy();',
        replace: 'if (!release) return;',
      },
    ],
    guard: { spec: 'apps/gateway/src/http/connection-limits.spec.ts' },
  },
  {
    name: 'reason of a failure with what a user said',
    breaks: 'the log has codes and meanings, never content',
    places: [
      {
        file: 'apps/gateway/src/problems/failure-reason.ts',
        find: 'return operational.has(sqlClass) ? `${code} ${meaning}: ${message}` : `${code} ${meaning}`;',
        replace: 'return `${code} ${meaning}: ${message}`;',
      },
    ],
    guard: { spec: 'apps/gateway/src/problems/problem-log.spec.ts' },
  },
];
