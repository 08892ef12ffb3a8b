#pragma once

namespace nano {

// OpenSSL, which comes with the engine as V8 does, made ready in this process: no configuration
// file is read, no module loaded, its random numbers are seeded, and what it fetches by name is
// there. After this it opens no file. To be called before a sandbox is shut; more calls do nothing.
void prepareCrypto();

}  // namespace nano
