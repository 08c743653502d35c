/** Which methods each path knows: the HTTP server itself answers a wrong method like a wrong path. */
export class RouteTable {
  readonly #routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  /** @param url a route's path, with `:name` for a parameter and `*` for the rest */
  add(method: string | readonly string[], url: string): void {
    const pattern = url
      .split(/(:\w+|\*)/)
      .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : escapeRegExp(part)))
      .join('');
    this.#routes.push({ path: new RegExp(`^${pattern}/?$`), methods: [method].flat() });
  }

  /** Sorted, each once; empty for a path that no route has. */
  methodsOf(url: string): string[] {
    const [path = ''] = url.split('?', 1);
    const methods = this.#routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
