// bcryptjs: hashes with known salts, and of its own; its callbacks go through timers.

import bcrypt from 'bcryptjs';

const kSalt = '$2b$04$abcdefghijklmnopqrstuu';

export default {
  async fetch() {
    const known = bcrypt.hashSync('päss', kSalt);
    const made = await bcrypt.hash('password', 4);
    const called = await new Promise((resolve) =>
      bcrypt.compare('password', made, (error, same) => resolve({ error, same })),
    );
    return Response.json({
      known,
      compare: [await bcrypt.compare('päss', known), bcrypt.compareSync('pass', known)],
      rounds: bcrypt.getRounds(made),
      length: made.length,
      salt: bcrypt.genSaltSync(5).slice(0, 7),
      called,
      long: bcrypt.truncates('x'.repeat(73)),
    });
  },
};
