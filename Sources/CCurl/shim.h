#ifndef PODMEDIC_CCURL_H
#define PODMEDIC_CCURL_H
// libcurl's setters take variable arguments, which Swift does not import: one typed setter per kind of value.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

static inline CURLcode pm_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pm_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pm_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pm_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

// Copies the bytes.
static inline CURLcode pm_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(easy, option, &blob);
}

// Copies the bytes.
static inline CURLcode pm_set_body(CURL *easy, const void *bytes, size_t count) {
  CURLcode failed = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  return failed ? failed : curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

typedef size_t (*pm_data_function)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode pm_set_data_functions(
  CURL *easy, pm_data_function on_header, pm_data_function on_body, void *context
) {
  CURLcode failed = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  if (!failed) failed = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
  if (!failed) failed = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  if (!failed) failed = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
  return failed;
}

// A peer that has vanished without a word is noticed 45 s later, as client-go does with its HTTP/2 pings, also on a
// watch that is silent for minutes. (libcurl's own option has no probe count before 8.9, and before 8.6
// its upkeep does not reach the connections of a multi handle.) A socket that refuses an option works all the same.
static inline int pm_keep_alive(void *context, curl_socket_t socket, curlsocktype purpose) {
  (void)context;
  (void)purpose;
  int on = 1, idle = 30, interval = 5, probes = 3;
  unsigned unanswered = 45000;
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered, sizeof unanswered);
  return CURL_SOCKOPT_OK;
}

static inline CURLcode pm_set_keep_alive(CURL *easy) {
  return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, pm_keep_alive);
}

static inline CURLcode pm_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode pm_get_string(CURL *easy, CURLINFO info, char **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode pm_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode pm_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode pm_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// Without functions the multi handle stops calling back.
static inline CURLMcode pm_multi_set_functions(
  CURLM *multi, curl_socket_callback on_socket, curl_multi_timer_callback on_timer, void *context
) {
  CURLMcode failed = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  if (!failed) failed = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  if (!failed) failed = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  if (!failed) failed = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  return failed;
}
#endif
