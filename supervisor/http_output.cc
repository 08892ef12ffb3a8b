#include "supervisor/http_output.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <utility>

namespace nano {

HttpOutput::~HttpOutput() { pool_.giveBack(std::move(block_)); }

char* HttpOutput::extend(size_t bytes) {
  if (block_.size - end_ < bytes) {
    size_t waiting = pending();
    if (waiting + bytes <= block_.size) {
      memmove(block_.bytes.get(), block_.bytes.get() + begin_, waiting);
    } else {
      HttpBlock larger = pool_.take(waiting == 0 ? bytes : std::max(waiting + bytes, waiting * 2));
      if (waiting != 0) memcpy(larger.bytes.get(), block_.bytes.get() + begin_, waiting);
      pool_.giveBack(std::exchange(block_, std::move(larger)));
    }
    begin_ = 0;
    end_ = waiting;
  }
  end_ += bytes;
  return block_.bytes.get() + end_ - bytes;
}

void HttpOutput::append(std::string_view text) {
  if (!text.empty()) memcpy(extend(text.size()), text.data(), text.size());
}

HttpOutput::Sent HttpOutput::send(int socket) {
  while (pending() != 0) {
    ssize_t size = ::send(socket, block_.bytes.get() + begin_, pending(), MSG_NOSIGNAL);
    if (size < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Sent::kBlocked : Sent::kFailed;
    }
    sent(static_cast<size_t>(size));
  }
  return Sent::kAll;
}

HttpOutput::Sent HttpOutput::sendWith(int socket, std::string_view body, std::string_view tail) {
  iovec parts[] = {{block_.bytes.get() + begin_, pending()},
                   {const_cast<char*>(body.data()), body.size()},
                   {const_cast<char*>(tail.data()), tail.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = std::size(parts);
  ssize_t size;
  do {
    size = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (size < 0 && errno == EINTR);
  if (size < 0 && errno != EAGAIN) return Sent::kFailed;

  size_t taken = size < 0 ? 0 : static_cast<size_t>(size);
  size_t ofPending = std::min(taken, pending());
  size_t ofBody = std::min(taken - ofPending, body.size());
  size_t ofTail = taken - ofPending - ofBody;
  sent(ofPending);
  sentBytes_ += ofBody + ofTail;
  append(body.substr(ofBody));
  append(tail.substr(ofTail));
  return pending() == 0 ? Sent::kAll : Sent::kBlocked;
}

void HttpOutput::sent(size_t bytes) {
  sentBytes_ += bytes;
  begin_ += bytes;
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (block_.size != 0) pool_.giveBack(std::exchange(block_, HttpBlock()));
  }
}

}  // namespace nano
