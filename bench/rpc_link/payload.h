#pragma once

#include <cstdint>

#include "protocol/worker.capnp.h"

// The request and the answer that every variant carries: a browser's GET and a "hello".
namespace nano::bench {

void fillCall(rpc::FetchCall::Builder call, uint32_t id);
// How many words fillCall() takes, about.
inline constexpr uint64_t kCallWords = 96;

// Does what a worker does for a small handler: looks at method, URL and one header, and answers.
void answerCall(rpc::FetchCall::Reader call, rpc::FetchAnswer::Builder answer);
inline constexpr uint64_t kAnswerWords = 40;

// Does what a supervisor does with an answer: checks it and writes it out as HTTP. Ends the program
// when it is not what answerCall() makes.
void consumeAnswer(rpc::FetchAnswer::Reader answer);

// What a variant reports each answer to, and asks for more.
class Load {
 public:
  explicit Load(uint64_t total) : left_(total), unanswered_(total) {}

  // Whether another request is to be sent.
  bool next() {
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  void answered() { --unanswered_; }
  bool done() const { return unanswered_ == 0; }

 private:
  uint64_t left_;
  uint64_t unanswered_;
};

}  // namespace nano::bench
