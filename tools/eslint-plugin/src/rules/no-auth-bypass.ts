import { nameOf, staticText } from '../ast/names.ts';
import { onModuleReference } from '../ast/modules.ts';
import { defineRule, type BulkheadRule, type Node } from '../rule.ts';

const name = 'no-auth-bypass';
const message =
  'A side door is the front door of whoever finds it: there is no switch, header, mode or flag that lets anyone in without ' +
  'a credential. Sign in; in tests sign in too, through a real account or the simulated issuer.';
const what =
  '(auth|authn|authz|authentication|authorization|login|signin|credentials?|identitycheck|tokencheck|tokenverification|jwt|rls|permissions?|permissioncheck)';
const verbs = '(skip|bypass|disable|ignore|without|omit|override|fake|mock|stub|optional|allowno|no(?=auth))';
const names: readonly RegExp[] = [
  new RegExp(
    `^(is|should|must|can|allow|enable)?${verbs}(the|all|user)?${what}(s|check|checks|guard|enabled|disabled)?$`,
  ),
  new RegExp(
    `^(is|should)?${what}(check|checks|guard)?(bypass|bypassed|bypasses|disabled|skipped|optional|override|off|skip)(header|token|secret|key|enabled|user)?$`,
  ),
  /^(is|enable|allow)?(demo|dev|debug|guest|insecure|permissive)(auth|login|authentication|user(id)?|mode|token|identity)(enabled)?$/,
  /^(allow|enable|permit)(anonymous|guest|unauthenticated|insecure)(access|users?|login|requests?)?$/,
  /^(impersonate|impersonation|impersonated|(loginas|actas|sudo|assume|test)(?=user(id)?|identity))(user(id)?|header|identity|session)?$/,
  /^(backdoor|godmode|superuser(token|password|key)|master(key|password|token)|skeletonkey|magic(token|link|password)|universalpassword|secretbypass)\w*$/,
  /^(default|anonymous|fallback|system|service|static|hardcoded)(identity|userid|usertoken|accesstoken)$/,
  /^(trust|trusted)(headers?|useridheader|client(userid|identity))$/,
];
const headers =
  /^(x-(user|userid|user-id|uid|account-id|subject|principal|identity|impersonate(-user)?|on-behalf-of|act-as|sudo|run-as|(remote|forwarded|auth|authenticated|current|test|debug|dev|demo|mock|fake)-(user|email|userid|user-id|token|identity|auth)|(skip|bypass|no|disable|ignore|override)-(auth|authentication|authorization|login|token)|auth-(bypass|override|skip|disabled)|internal-(auth|token|user|secret)|master-key|admin(-token|-key)?|e2e-(user|auth|bypass|token)|debug-auth)|remote-user)$/i;

/** Words that only a way round authentication is called by: as identifiers, settings, headers. */
export const noAuthBypass: BulkheadRule = {
  name,
  files: ['{libs,apps}/**'],
  // Specs and what serves them send such headers to see them ignored.
  except: ['**/*.spec.ts', '**/src/testing/**'],
  rule: defineRule(name, message, (report, context) => {
    const isAuth = /(libs[/\\]auth|apps[/\\]gateway[/\\]src[/\\](security|account))[/\\]/.test(
      context.filename,
    );
    const judge = (node: Node): void => {
      const text = nameOf(node) ?? '';
      if (isSideDoor(text)) report(node);
    };
    return {
      Identifier: judge,
      PrivateIdentifier: judge,
      Literal: judge,
      TemplateLiteral: judge,
      BinaryExpression: (node) => {
        if (staticText(node) !== undefined) judge(node);
      },
      // A flag is changed while the server runs, by people who don't review what it opens.
      ...onModuleReference(({ node, name: source }) => {
        if (isAuth && /^@bulkhead\/flags(\/|$)/.test(source)) report(node);
      }),
    };
  }),
};

function isSideDoor(text: string): boolean {
  if (text.length < 4 || text.length > 64) return false;
  if (headers.test(text)) return true;
  if (!/^[#\w$-]+$/.test(text)) return false;
  const folded = text.replaceAll(/[^a-zA-Z0-9]/g, '').toLowerCase();
  return names.some((it) => it.test(folded));
}
