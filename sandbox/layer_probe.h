#pragma once

#include <string>
#include <vector>

#include "sandbox/layer.h"

// Which layers of the sandbox this kernel, and what confines us (a container), let us have: each
// tried alone, in a forked process, by the very function that enterSandbox() calls. For people: it
// says what is missing, why, and what to do. That all of them hold together is the canary's to
// show.
namespace nano {

struct LayerFinding {
  enum class State {
    kWorks,
    kMissing,  // nanod cannot serve without it
    kLeftOut,  // on the operator's word
    kAbsent,   // not there, and nanod serves without it
  };
  std::string layer;
  State state = State::kWorks;
  std::string detail;  // What works or what failed, and why.
  std::string remedy;  // What to do about it; empty where nothing is to be done.
};

std::string_view stateName(LayerFinding::State state);  // "works", "missing", "left out", "absent"

// Every layer, in the order of enterSandbox(). May be called where there is no other thread. Not as
// root: whoever starts workers is nobody special.
std::vector<LayerFinding> probeLayers(const std::vector<Layer>& weakened);

// "the sandbox layer userns is missing: WHY. REMEDY"
std::string describeMissing(const LayerFinding& finding);

}  // namespace nano
