#include "nanoctl/admin_client.h"

#include <curl/curl.h>

#include <cctype>
#include <memory>

namespace nano {

namespace {

using nlohmann::json;

struct FreeCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Curl = std::unique_ptr<CURL, FreeCurl>;
using Mime = std::unique_ptr<curl_mime, FreeCurl>;

size_t appendTo(char* bytes, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, size * count);
  return size * count;
}

struct LineReader {
  CURL* curl;
  std::function<bool(std::string_view)> onLine;
  std::string pending;
};

long statusOf(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

size_t splitLines(char* bytes, size_t size, size_t count, void* self) {
  auto& reader = *static_cast<LineReader*>(self);
  reader.pending.append(bytes, size * count);
  if (statusOf(reader.curl) != 200) return size * count;  // An error's body, kept whole.
  size_t from = 0;
  for (size_t end; (end = reader.pending.find('\n', from)) != std::string::npos; from = end + 1) {
    if (!reader.onLine(std::string_view(reader.pending).substr(from, end - from))) return 0;
  }
  reader.pending.erase(0, from);
  return size * count;
}

Curl newRequest(const std::string& socketPath, const std::string& path) {
  Curl curl(curl_easy_init());
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socketPath.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_URL, ("http://nanod" + path).c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  return curl;
}

Failure connectionFailure(const std::string& socketPath, CURLcode code) {
  std::string why = curl_easy_strerror(code);
  if (code == CURLE_COULDNT_CONNECT) {
    return Failure{"nanod does not answer on " + socketPath +
                   ": is it running, and is this its --admin socket? (--admin=PATH or NANO_ADMIN)"};
  }
  return Failure{"the connection to nanod on " + socketPath + " failed: " + why};
}

std::vector<std::string> messagesOf(const json& answer) {
  std::vector<std::string> messages;
  for (auto& message : answer.value("messages", json::array())) {
    if (message.is_object()) messages.push_back(message.value("message", ""));
  }
  return messages;
}

Result<ApiAnswer> unwrap(long status, const std::string& text) {
  json answer = json::parse(text, nullptr, false);
  if (answer.is_discarded() || !answer.is_object()) {
    return Failure{"nanod answered " + std::to_string(status) + " with something that is not JSON"};
  }
  if (answer.value("success", false)) {
    return ApiAnswer{answer.value("result", json()), messagesOf(answer)};
  }
  json errors = answer.value("errors", json::array());
  if (errors.empty()) return Failure{"nanod answered " + std::to_string(status)};
  return Failure{describeStartFailure(errors[0])};
}

Result<ApiAnswer> perform(const std::string& socketPath, Curl& curl) {
  std::string text;
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, appendTo);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &text);
  CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return connectionFailure(socketPath, code);
  return unwrap(statusOf(curl.get()), text);
}

Result<json> resultOf(const Result<ApiAnswer>& answer) {
  if (!answer.ok()) return answer.failure();
  return answer.value().result;
}

}  // namespace

Result<json> AdminClient::get(const std::string& path) {
  auto curl = newRequest(socketPath_, path);
  return resultOf(perform(socketPath_, curl));
}

Result<ApiAnswer> AdminClient::remove(const std::string& path) {
  auto curl = newRequest(socketPath_, path);
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, "DELETE");
  return perform(socketPath_, curl);
}

Result<ApiAnswer> AdminClient::upload(const std::string& path, const json& metadata,
                                      const std::vector<ModuleFile>& files) {
  auto curl = newRequest(socketPath_, path);
  Mime mime(curl_mime_init(curl.get()));
  auto addPart = [&mime](const std::string& name, const char* type, const std::string& content) {
    curl_mimepart* part = curl_mime_addpart(mime.get());
    curl_mime_name(part, name.c_str());
    curl_mime_filename(part, name.c_str());
    curl_mime_type(part, type);
    curl_mime_data(part, content.data(), content.size());
  };
  addPart("metadata", "application/json", metadata.dump());
  for (auto& file : files)
    addPart(file.path, file.contentType.c_str(), file.content);
  curl_easy_setopt(curl.get(), CURLOPT_MIMEPOST, mime.get());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, "PUT");
  return perform(socketPath_, curl);
}

Result<Done> AdminClient::lines(const std::string& path,
                                std::function<bool(std::string_view)> onLine) {
  auto curl = newRequest(socketPath_, path);
  LineReader reader{curl.get(), std::move(onLine), {}};
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, splitLines);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reader);
  CURLcode code = curl_easy_perform(curl.get());
  long status = statusOf(curl.get());
  if (status != 0 && status != 200) {
    auto unwrapped = unwrap(status, reader.pending);
    if (!unwrapped.ok()) return unwrapped.failure();
  }
  if (code != CURLE_OK && code != CURLE_WRITE_ERROR) return connectionFailure(socketPath_, code);
  return Done{};
}

std::string pathSegment(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string segment;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
      segment += c;
    } else {
      segment += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return segment;
}

std::string describeStartFailure(const json& error) {
  std::string text = error.value("message", "nanod refused the request without saying why");
  std::string file = error.value("file", "");
  if (!file.empty()) {
    text += "\n  at " + file;
    int line = error.value("line", 0);
    int column = error.value("column", 0);
    if (line > 0) text += ":" + std::to_string(line);
    if (line > 0 && column > 0) text += ":" + std::to_string(column);
    std::string excerpt = error.value("excerpt", "");
    if (!excerpt.empty() && line > 0) {
      std::string margin = std::to_string(line);
      text += "\n\n    " + margin + " | " + excerpt;
      text += "\n    " + std::string(margin.size(), ' ') + " | ";
      if (column > 0) text += std::string(static_cast<size_t>(column - 1), ' ') + "^";
    }
  }
  // A stack of one line says the place again.
  std::string stack = error.value("stack", "");
  if (stack.find("\n    at ") != std::string::npos || file.empty())
    text += stack.empty() ? "" : "\n\n" + stack;
  return text;
}

}  // namespace nano
