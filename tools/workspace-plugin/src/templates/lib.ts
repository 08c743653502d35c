import type { Names } from '../names.ts';
import type { Files } from './project.ts';

/** A module with one service. */
export const libFiles = ({ kebab, pascal, words }: Names): Files => ({
  'README.md': `# @bulkhead/${kebab}

Owns ${words}: say in one sentence what nobody else does.

Refuses: say what is not its job, and whose it is.
`,
  'src/index.ts': `export { ${pascal}Module } from './${kebab}.module.ts';
export { ${pascal}Service } from './${kebab}.service.ts';
`,
  [`src/${kebab}.module.ts`]: `import { Module } from '@nestjs/common';
import { ${pascal}Service } from './${kebab}.service.ts';

@Module({ providers: [${pascal}Service], exports: [${pascal}Service] })
export class ${pascal}Module {}
`,
  [`src/${kebab}.service.ts`]: `import { Injectable } from '@nestjs/common';

/** What this lib does for others. It holds no state of any user. */
@Injectable()
export class ${pascal}Service {
  /** The name under which this lib reports. */
  readonly name = '${kebab}';
}
`,
  [`src/${kebab}.module.spec.ts`]: `import { Test } from '@nestjs/testing';
import { ${pascal}Module, ${pascal}Service } from './index.ts';

describe('${pascal}Module', () => {
  it('offers its service', async () => {
    const module = await Test.createTestingModule({ imports: [${pascal}Module] }).compile();
    expect(module.get(${pascal}Service).name).toBe('${kebab}');
  });
});
`,
});
