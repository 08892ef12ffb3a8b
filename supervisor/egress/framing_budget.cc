#include "supervisor/egress/framing_budget.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstddef>

namespace nano {

std::optional<int64_t> bytesReadFrom(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) {
    return std::nullopt;
  }
  // What arrives in between counts as not read yet: the next look makes up for it.
  int unread = 0;
  if (ioctl(socket, FIONREAD, &unread) != 0) return std::nullopt;
  return static_cast<int64_t>(info.tcpi_bytes_received) - unread;
}

}  // namespace nano
