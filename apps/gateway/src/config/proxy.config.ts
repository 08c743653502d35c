import { IsOptional, IsUrl, Matches } from 'class-validator';

const proxy = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };

const ProxyUrl = (): PropertyDecorator => (target, key) => {
  const message = `${String(key)} must be a URL such as http://proxy.example.org:3128`;
  for (const decorate of [IsOptional(), IsUrl(proxy, { message })]) decorate(target, key);
};

/** Through which proxy model providers, OpenID providers and MCP servers are reached. */
export class ProxyConfig {
  @ProxyUrl()
  readonly HTTP_PROXY?: string;

  @ProxyUrl()
  readonly HTTPS_PROXY?: string;

  @Matches(/^[\w.*:[\]\s,-]{0,4096}$/, {
    message: 'NO_PROXY must be host names, separated by commas, such as localhost,.example.org',
  })
  readonly NO_PROXY: string = '';
}

/** These three are written in small letters as often, by convention of the programs that read them. */
export const PROXY_SETTINGS: ReadonlySet<string> = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']);
