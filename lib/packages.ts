import type http from 'node:http';
import type https from 'node:https';

import type * as DnsPacket from 'dns-packet';
import type * as Undici from 'undici';

/**
 * What is loaded when it is first needed, and not by an import of the library, since it takes its time. By `require`, which
 * test runners and bundlers follow as they follow an import.
 */
export const packages = {
  get http(): typeof http {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('node:http') as typeof http;
  },

  get https(): typeof https {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('node:https') as typeof https;
  },

  get dnsPacket(): typeof DnsPacket {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('dns-packet') as typeof DnsPacket;
  },

  /** Installed by those who want it. Throws an Error with `code` MODULE_NOT_FOUND that says so. */
  get undici(): typeof Undici {
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      return require('undici') as typeof Undici;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'MODULE_NOT_FOUND' || !message.includes("'undici'")) throw error;
      const missing = new Error("a dispatcher needs the package undici, which is not installed: 'npm install undici'");
      throw Object.assign(missing, { code, cause: error });
    }
  },
};
