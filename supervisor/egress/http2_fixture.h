#pragma once

// For tests: the server's side of one HTTP/2 connection, on a Peer whose TLS has chosen "h2".

#include <nghttp2/nghttp2.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "supervisor/egress/upstream_fixture.h"

namespace nano {

// Has a server choose HTTP/2.
inline void speakHttp2(SSL_CTX* context) {
  auto choose = [](SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned offeredSize, void*) {
    const unsigned char* end = offered + offeredSize;
    for (; offered < end; offered += 1 + *offered) {
      if (std::string_view(reinterpret_cast<const char*>(offered + 1), *offered) != "h2") continue;
      *chosen = offered + 1;
      *size = *offered;
      return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
  };
  SSL_CTX_set_alpn_select_cb(context, choose, nullptr);
}

class Http2Peer final {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  struct Request {
    int32_t stream = 0;
    std::map<std::string, std::string> fields;
    std::string body;
    bool ended = false;
  };
  static constexpr size_t kEndless = SIZE_MAX;

  // `window` is how much of each request's body the client may send at first.
  explicit Http2Peer(Peer& peer, uint32_t window = 65535) : peer_(peer) {
    nghttp2_session_callbacks* callbacks;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onData);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, onFrame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onClose);
    nghttp2_option* options;
    nghttp2_option_new(&options);
    nghttp2_option_set_max_send_header_block_length(options, 1 << 20);
    nghttp2_session_server_new2(&session_, callbacks, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window},
                                         {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
    flush();
  }
  ~Http2Peer() { nghttp2_session_del(session_); }
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  // The next request whose head is here, with its body where `whole`; null at the end.
  Request* next(bool whole = true) {
    while (true) {
      for (auto& [stream, request] : requests_) {
        bool ready = request.fields.count(":method") != 0 && (request.ended || !whole);
        if (ready && seen_.insert(stream).second) return &request;
      }
      if (!step()) return nullptr;
    }
  }
  // A body of `size` times 'x'; none: the head ends the stream.
  void respond(const Request& request, const std::string& status, Fields fields = {},
               std::optional<size_t> size = std::nullopt) {
    fields.insert(fields.begin(), {":status", status});
    nghttp2_data_provider body{};
    body.read_callback = onSend;
    left_[request.stream] = size.value_or(0);
    submit(request, fields, size ? &body : nullptr);
  }
  // Neither ends the stream.
  void interim(const Request& request, const Fields& fields) {
    auto lines = linesOf(fields);
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, request.stream, nullptr, lines.data(),
                           lines.size(), nullptr);
    flush();
  }
  void trailAfterwards(Fields fields) { trailers_ = std::move(fields); }
  void reset(const Request& request, uint32_t error) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, request.stream, error);
    flush();
  }
  void goAway(int32_t lastStream) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, lastStream, NGHTTP2_NO_ERROR, nullptr, 0);
    flush();
  }
  void push(const Request& request) {
    Fields fields{{":method", "GET"},
                  {":scheme", "https"},
                  {":authority", request.fields.at(":authority")},
                  {":path", "/pushed"}};
    auto lines = linesOf(fields);
    nghttp2_submit_push_promise(session_, NGHTTP2_FLAG_NONE, request.stream, lines.data(),
                                lines.size(), nullptr);
    flush();
  }
  // Receives and sends once; false at the end of the connection.
  bool step() {
    std::string bytes = peer_.readSome();
    if (bytes.empty()) return false;
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    if (nghttp2_session_mem_recv(session_, data, bytes.size()) < 0) return false;
    return flush();
  }
  void waitForEnd() {
    while (step()) {
    }
  }
  bool flush() {
    const uint8_t* bytes;
    ssize_t size;
    while ((size = nghttp2_session_mem_send(session_, &bytes)) > 0) {
      std::string_view text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
      if (!peer_.write(text)) return false;
      sent += text.size();
    }
    return true;
  }

  std::atomic<uint64_t> sent{0};

 private:
  static Http2Peer& of(void* self) { return *static_cast<Http2Peer*>(self); }
  // Into `fields`.
  static std::vector<nghttp2_nv> linesOf(const Fields& fields) {
    std::vector<nghttp2_nv> lines;
    for (auto& [name, value] : fields) {
      auto bytes = [](const std::string& text) {
        return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
      };
      lines.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    return lines;
  }
  void submit(const Request& request, const Fields& fields, nghttp2_data_provider* body) {
    auto lines = linesOf(fields);
    nghttp2_submit_response(session_, request.stream, lines.data(), lines.size(), body);
    flush();
  }

  // NOLINTNEXTLINE(readability-function-size): the signature is nghttp2\'s.
  static int onHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t nameSize, const uint8_t* value, size_t valueSize, uint8_t,
                      void* self) {
    Request& request = of(self).requests_[frame->hd.stream_id];
    request.stream = frame->hd.stream_id;
    request.fields[std::string(name, name + nameSize)] = std::string(value, value + valueSize);
    return 0;
  }
  // NOLINTNEXTLINE(readability-function-size): the signature is nghttp2\'s.
  static int onData(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* data, size_t size,
                    void* self) {
    of(self).requests_[stream].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }
  static int onFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    bool ofRequest = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (ends && ofRequest) of(self).requests_[frame->hd.stream_id].ended = true;
    return 0;
  }
  static int onClose(nghttp2_session*, int32_t stream, uint32_t, void* self) {
    of(self).left_.erase(stream);
    return 0;
  }
  // NOLINTNEXTLINE(readability-function-size): the signature is nghttp2\'s.
  static ssize_t onSend(nghttp2_session* session, int32_t stream, uint8_t* into, size_t room,
                        uint32_t* flags, nghttp2_data_source*, void* self) {
    size_t& left = of(self).left_[stream];
    size_t size = std::min(room, left);
    memset(into, 'x', size);
    if (left != kEndless) left -= size;
    if (left == 0) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      auto trailers = linesOf(of(self).trailers_);
      if (!trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(session, stream, trailers.data(), trailers.size());
      }
    }
    return static_cast<ssize_t>(size);
  }

  Peer& peer_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, Request> requests_;
  std::set<int32_t> seen_;
  std::map<int32_t, size_t> left_;
  Fields trailers_;
};

}  // namespace nano
