#pragma once

#include <string_view>

#include "protocol/worker.capnp.h"

// Answers that are well-formed messages and say what no honest worker says.
namespace nano::test {

// Fills the answer to one request. False: the act is none of these.
bool fillEvilAnswer(std::string_view act, rpc::FetchAnswer::Builder answer);

void fillFineAnswer(rpc::FetchAnswer::Builder answer, kj::StringPtr body);

}  // namespace nano::test
