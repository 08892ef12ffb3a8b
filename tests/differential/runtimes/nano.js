// nano: one nanod for all apps of a suite, which are apps of one tenant.

import { Nanod } from '../../harness/nanod.js';
import { kindOf } from '../bundle.js';
import { assetsOf } from '../suite.js';

/** What apps have by default; what they may reach is the stand-in server. */
const policy = {
  tenant_defaults: { codegen: true },
  egress: { rules: [{ allow: { cidr: '127.0.0.1', ports: '1-65535' } }] },
};
const kTenant = 'default';

export class Nano {
  name = 'nano';
  #nanod;

  /** @param {string} build the build tree, as build/release */
  constructor(build) {
    this.#nanod = new Nanod(build, { policy });
  }

  /** @param {import('../suite.js').App[]} apps */
  async start(apps, modules, bindings) {
    await this.#nanod.start();
    const refusals = [];
    // An app that another one is bound to comes first.
    const assets = apps.filter((app) => app.assets).map(assetsOf);
    for (const app of assets) await this.#deploy(app, modules.get(app.name), {});
    const todo = [...apps];
    const work = async () => {
      for (let app = todo.shift(); app; app = todo.shift()) {
        const refusal = await this.#deploy(app, modules.get(app.name), bindings);
        if (refusal) refusals.push(`${app.name} is not deployed: ${refusal}`);
      }
    };
    await Promise.all([work(), work()]);
    if (refusals.length > 0) throw new Error(refusals.join('\n'));
  }

  #deploy(app, modules, bindings) {
    const metadata = {
      main_module: modules[0].name,
      compatibility_date: app.compatibilityDate,
      bindings: Object.entries({ ...bindings, ...app.bindings }).map(([name, text]) => ({
        name,
        type: 'plain_text',
        text,
      })),
    };
    if (app.codegen) metadata.nano = { codegen: true };
    if (app.assets) {
      metadata.bindings.push({ name: 'ASSETS', type: 'service', service: assetsOf(app).name });
    }
    for (const [name, entrypoint] of Object.entries(app.entrypoints)) {
      metadata.bindings.push({ name, type: 'service', service: app.name, entrypoint });
    }
    return this.#nanod.deploy(
      { tenant: kTenant, app: app.name },
      metadata,
      modules.map(({ name, content }) => ({ name, content, type: kindOf(name).type })),
    );
  }

  portOf() {
    return this.#nanod.port;
  }

  stop() {
    return this.#nanod.stop();
  }
}
