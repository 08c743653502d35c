import { register } from 'node:module';

register('./swc-load.mjs', import.meta.url);
