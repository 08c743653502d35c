import { selectorRule } from '../rule.ts';

/** The right to make identities is taken in one file. */
export const oneIdentityMint = selectorRule({
  name: 'one-identity-mint',
  selectors: [
    ':matches(ImportSpecifier[imported.name="claimIdentityMint"], ExportSpecifier[local.name="claimIdentityMint"])',
    ':matches(MemberExpression[property.name="claimIdentityMint"], Property[key.name="claimIdentityMint"])',
    'Literal[value="claimIdentityMint"]',
  ],
  message:
    'Only libs/auth makes identities. Authenticate to get one; in specs use anIdentity() from "@bulkhead/user-context/testing".',
  except: ['libs/user-context/src/**', 'libs/auth/src/identity-mint{,.spec}.ts'],
});
