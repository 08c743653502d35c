import fc from 'fast-check';
import { holdsAddress } from './user-addresses.ts';

const page = new URL('https://good.example/tea?kind=green');

describe('An address of the user', () => {
  it.each([
    'https://good.example/tea?kind=green',
    'Read https://good.example/tea?kind=green, please.',
    'See (https://good.example/tea?kind=green).',
    '[tea](https://good.example/tea?kind=green)!',
    '"HTTP://GOOD.example/tea?kind=green"',
    '<https://good.example:443/tea?kind=green#leaves>',
    'good.example/tea?kind=green',
    '**https://good.example/tea?kind=green**',
  ])('is found in %s', (text) => expect(holdsAddress(text, page)).toBe(true));

  it.each([
    'https://good.example/tea?kind=green&q=secret',
    'https://good.example/tea',
    'https://good.example/',
    'https://good.example:8443/tea?kind=green',
    'https://evil.example/?u=https://good.example/tea?kind=green',
    'https://good.example/TEA?kind=green',
    'https://good.example.evil.example/tea?kind=green',
    'good.example',
    '',
  ])('is not what merely looks like it: %s', (text) => expect(holdsAddress(text, page)).toBe(false));

  it('is none that carries more than the user wrote', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.stringMatching(/^[a-z0-9]{1,20}$/),
        (url, more) => {
          const told = new URL(url);
          const longer = new URL(url);
          longer.searchParams.append('q', more);
          expect(holdsAddress(`Look at ${url} once`, longer)).toBe(false);
          // As it is written there, an address of the user is always found.
          if (
            !/[)\]}.,;:!?*_~…'`|\\^{}"]/.test(`${told.pathname}${told.search}`.slice(-1)) &&
            !/['`|\\^{}"]/.test(url)
          ) {
            expect(holdsAddress(`Look at ${url} once`, told)).toBe(true);
          }
        },
      ),
    );
  });
});
