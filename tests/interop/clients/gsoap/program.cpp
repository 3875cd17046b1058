// Calls every case through the proxy that wsdl2h and soapcpp2 made.

#include <sys/time.h>

#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "json.h"
#include "proxy.h"
#include "proxy.nsmap"

namespace {

using std::string;

// [docs:connect]
/** The proxy with an address and what the caller shows; gSOAP forgets that after every call. */
class Proxy : public ManifoldSoap11BindingProxy {
 public:
  Proxy(const string &address, const string &token) : address_(address), token_(token) {
    soap_set_mode(soap, SOAP_C_UTFSTRING);
    soap_endpoint = address_.c_str();
  }

  Proxy(const string &address, const string &username, const string &password) : Proxy(address, "") {
    username_ = username;
    password_ = password;
  }

  void authorize() {
    if (token_.empty()) {
      soap->userid = username_.c_str();
      soap->passwd = password_.c_str();
    } else {
      soap->bearer = token_.c_str();
    }
  }

 private:
  string address_, token_, username_, password_;
};
// [docs:end]

string environment(const char *name) { return std::getenv(name); }

// [docs:fault]
string fault(soap *context) {
  const auto &found = *context->fault->detail->api__apiFault;
  std::vector<api__Problem *> problems;
  if (found.problems) problems = found.problems->Problem;
  return json::object({
      {"message", json::quote(context->fault->faultstring)},
      {"exception", json::quote(found.exception)},
      {"errorcode", json::quote(found.errorcode)},
      {"cause", json::quote(found.cause)},
      {"problems", json::list(problems, [](const api__Problem *each) {
         return json::object({{"path", json::quote(each->path)}, {"problem", json::quote(each->problem)}});
       })},
      {"request_id", json::quote(found.request_USCOREid)},
  });
}
// [docs:end]

void print(const string &name, const char *outcome, const string &value) {
  std::cout << json::object({{"case", json::quote(name)}, {"typed", "true"}, {outcome, value}}) << std::endl;
}

// [docs:call]
/** Calls one method of the proxy; `read` makes JSON of the response. */
template <class Request, class Response, class Read>
void show(const string &name, Proxy &proxy, int (ManifoldSoap11BindingProxy::*method)(Request *, Response &),
          Request request, Read read) {
  Response response;
  proxy.authorize();
  if ((proxy.*method)(&request, response) == SOAP_OK) {
    print(name, "value", read(response));
  } else if (proxy.soap->fault && proxy.soap->fault->detail && proxy.soap->fault->detail->api__apiFault) {
    print(name, "fault", fault(proxy.soap));
  } else {
    soap_stream_fault(proxy.soap, std::cerr);
    std::exit(1);
  }
}
// [docs:end]

string text(const timeval &instant) {
  char seconds[32], whole[48];
  std::strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", std::gmtime(&instant.tv_sec));
  std::snprintf(whole, sizeof whole, "%s.%06ldZ", seconds, static_cast<long>(instant.tv_usec));
  return json::quote(whole);
}

string text(const string &value) { return json::quote(value); }

string integer(LONG64 value) { return json::number(static_cast<long long>(value)); }

string course(const api__InteropCourse *course) {
  return json::object({
      {"id", json::number(static_cast<long long>(course->id))},
      {"name", json::quote(course->name)},
      {"tags", json::list(course->tags->string, [](const string &each) { return json::quote(each); })},
  });
}

string person(const api__InteropPerson *person) {
  return json::object({
      {"id", person->id ? integer(*person->id) : "null"},
      {"username", json::quote(person->username)},
      {"email", json::quote(person->email)},
      {"active", person->active ? json::boolean(*person->active) : "null"},
      {"joined", person->joined ? text(*person->joined) : "null"},
      {"courses", json::list(person->courses->InteropCourse, course)},
  });
}

string users(const api__ArrayOfCoreUserUserDetail *found) {
  return json::list(found->CoreUserUserDetail, [](const auto *each) {
    return json::object({
        {"username", json::quote(each->username)},
        {"fullname", json::quote(each->fullname)},
        {"country", json::quote(each->country)},
        {"department", json::quote(each->department)},
    });
  });
}

/** Makes requests; what it makes lives as long as the proxy's context. */
class Maker {
 public:
  explicit Maker(soap *context) : context_(context) {}

  string *string_of(const string &value) {
    string *made = soap_new_std__string(context_);
    *made = value;
    return made;
  }

  LONG64 *integer_of(LONG64 value) {
    auto *made = static_cast<LONG64 *>(soap_malloc(context_, sizeof(LONG64)));
    *made = value;
    return made;
  }

  api__ArrayOfLong *longs(const std::vector<LONG64> &values) {
    auto *made = soap_new_api__ArrayOfLong(context_);
    made->long_ = values;
    return made;
  }

  api__ArrayOfString *strings(const std::vector<string> &values) {
    auto *made = soap_new_api__ArrayOfString(context_);
    made->string = values;
    return made;
  }

  api__InteropCourse *course(int id, const string &name, const std::vector<string> &tags) {
    auto *made = soap_new_api__InteropCourse(context_);
    made->id = id;
    made->name = name;
    made->tags = strings(tags);
    return made;
  }

  api__InteropPerson *person(const string &username, const std::vector<api__InteropCourse *> &courses) {
    auto *made = soap_new_api__InteropPerson(context_);
    made->username = username;
    made->courses = soap_new_api__ArrayOfInteropCourse(context_);
    made->courses->InteropCourse = courses;
    return made;
  }

  bool *flag(bool value) {
    auto *made = static_cast<bool *>(soap_malloc(context_, sizeof(bool)));
    *made = value;
    return made;
  }

  api__InteropPerson *many(int number) {
    const string id = std::to_string(number);
    auto *made = person("user" + id, {course(number, "Course " + id, {"x", "y"})});
    made->id = integer_of(number);
    made->email = string_of("user" + id + "@example.org");
    made->active = flag(number % 2 == 0);
    return made;
  }

  api__ArrayOfInteropPerson *people(const std::vector<api__InteropPerson *> &people) {
    auto *made = soap_new_api__ArrayOfInteropPerson(context_);
    made->InteropPerson = people;
    return made;
  }

  api__CoreUserCriterion *criterion(const string &key, const string &value) {
    auto *made = soap_new_api__CoreUserCriterion(context_);
    made->key = key;
    made->value = value;
    return made;
  }

  api__InteropAccount *account(const string &username, const string &email) {
    auto *made = soap_new_api__InteropAccount(context_);
    made->username = username;
    made->email = email;
    return made;
  }

 private:
  soap *context_;
};

void show_text(Proxy &proxy, const string &name, string value) {
  _api__interop_USCOREecho_USCOREtext request;
  request.value = &value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREtext, request,
       [](const auto &response) { return json::quote(response.interop_USCOREecho_USCOREtextResult); });
}

void show_instant(Proxy &proxy, const string &name, const timeval &value) {
  _api__interop_USCOREecho_USCOREinstant request;
  request.value = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREinstant, request,
       [](const auto &response) { return text(response.interop_USCOREecho_USCOREinstantResult); });
}

void show_int(Proxy &proxy, const string &name, LONG64 value) {
  _api__interop_USCOREecho_USCOREint request;
  request.value = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREint, request,
       [](const auto &response) { return integer(response.interop_USCOREecho_USCOREintResult); });
}

void show_bool(Proxy &proxy, const string &name, bool value) {
  _api__interop_USCOREecho_USCOREbool request;
  request.value = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREbool, request,
       [](const auto &response) { return json::boolean(response.interop_USCOREecho_USCOREboolResult); });
}

void show_double(Proxy &proxy, const string &name, double value) {
  _api__interop_USCOREecho_USCOREdouble request;
  request.value = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREdouble, request,
       [](const auto &response) { return json::number(response.interop_USCOREecho_USCOREdoubleResult); });
}

void show_decimal(Proxy &proxy, const string &name, const string &value) {
  _api__interop_USCOREecho_USCOREdecimal request;
  request.value = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREdecimal, request,
       [](const auto &response) { return text(response.interop_USCOREecho_USCOREdecimalResult); });
}

void show_level(Proxy &proxy, const string &name, api__InteropLevel value) {
  _api__interop_USCOREecho_USCORElevel request;
  request.value = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCORElevel, request, [&proxy](const auto &response) {
    return text(soap_api__InteropLevel2s(proxy.soap, response.interop_USCOREecho_USCORElevelResult));
  });
}

void show_bytes(Proxy &proxy, const string &name, std::vector<unsigned char> octets) {
  xsd__base64Binary binary;
  binary.__ptr = octets.data();
  binary.__size = static_cast<int>(octets.size());
  _api__interop_USCOREecho_USCOREbytes request;
  request.value = &binary;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREbytes, request, [](const auto &response) {
    const auto *found = response.interop_USCOREecho_USCOREbytesResult;
    return json::base64(found->__ptr, found->__size);
  });
}

void show_numbers(Proxy &proxy, const string &name, const std::vector<LONG64> &values) {
  _api__interop_USCOREecho_USCOREnumbers request;
  request.values = Maker(proxy.soap).longs(values);
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREnumbers, request, [](const auto &response) {
    return json::list(response.interop_USCOREecho_USCOREnumbersResult->long_, integer);
  });
}

void show_person(Proxy &proxy, const string &name, api__InteropPerson *value) {
  _api__interop_USCOREecho_USCOREperson request;
  request.person = value;
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREperson, request,
       [](const auto &response) { return person(response.interop_USCOREecho_USCOREpersonResult); });
}

void show_people(Proxy &proxy, const string &name, const std::vector<api__InteropPerson *> &values) {
  _api__interop_USCOREecho_USCOREpeople request;
  request.people = Maker(proxy.soap).people(values);
  show(name, proxy, &Proxy::interop_USCOREecho_USCOREpeople, request, [](const auto &response) {
    return json::list(response.interop_USCOREecho_USCOREpeopleResult->InteropPerson, person);
  });
}

void show_optional(Proxy &proxy, const string &name, const _api__interop_USCOREoptional &request) {
  show(name, proxy, &Proxy::interop_USCOREoptional, request,
       [](const auto &response) { return json::quote(response.interop_USCOREoptionalResult); });
}

void show_scalars(Proxy &proxy) {
  show_int(proxy, "int", std::numeric_limits<LONG64>::max());
  show_int(proxy, "int-small", -5);
  show_int(proxy, "int-5", 5);
  show_int(proxy, "int-32-bits", std::numeric_limits<int>::min());
  show_int(proxy, "int-33-bits", 2147483648LL);
  show_int(proxy, "int-54-bits", 9007199254740993LL);
  _api__interop_USCOREecho_USCOREint32 small;
  small.value = std::numeric_limits<int>::min();
  show("int32", proxy, &Proxy::interop_USCOREecho_USCOREint32, small,
       [](const auto &response) { return integer(response.interop_USCOREecho_USCOREint32Result); });
  show_double(proxy, "double", 0.1);
  show_double(proxy, "double-1.5", 1.5);
  show_double(proxy, "double-minus-0", -0.0);
  show_decimal(proxy, "decimal", "12345678901234567890.12");
  show_decimal(proxy, "decimal-1.50", "1.50");
  show_decimal(proxy, "decimal-1E+3", "1000");
  show_bool(proxy, "bool", true);
  show_bool(proxy, "bool-false", false);
  string today = "2026-03-01";
  _api__interop_USCOREecho_USCOREday day;
  day.value = &today;
  show("day", proxy, &Proxy::interop_USCOREecho_USCOREday, day,
       [](const auto &response) { return json::quote(response.interop_USCOREecho_USCOREdayResult); });
  show_level(proxy, "choice", api__InteropLevel::high);
  show_level(proxy, "choice-low", api__InteropLevel::low);
  std::vector<unsigned char> octets;
  for (int each = 0; each < 256; ++each) octets.push_back(static_cast<unsigned char>(each));
  show_bytes(proxy, "bytes", octets);
  show_bytes(proxy, "bytes-2", {0, 255});
}

void show_texts(Proxy &proxy) {
  show_text(proxy, "text", "é€<b>&amp;\"'`]]>\tend");
  show_text(proxy, "text-markup", "a<b>&c");
  show_text(proxy, "text-emoji", "a😀b");
  show_text(proxy, "text-crlf", "a\r\nb");
  show_text(proxy, "text-blanks", "  a  b  ");
  show_text(proxy, "text-empty", "");
  show("text-illegal", proxy, &Proxy::interop_USCOREillegal_USCOREtext, _api__interop_USCOREillegal_USCOREtext(),
       [](const auto &response) { return json::quote(response.interop_USCOREillegal_USCOREtextResult); });
}

constexpr timeval NOON{1772366400, 123000};  // 2026-03-01T12:00:00.123Z

void show_instants(Proxy &proxy) {
  show_instant(proxy, "instant", NOON);
  show_instant(proxy, "instant-whole", {NOON.tv_sec, 0});
  show_instant(proxy, "instant-micros", {NOON.tv_sec, 123456});
  print("instant-zone", "cannot", json::quote("a timeval has no zone"));
  print("instant-no-zone", "cannot", json::quote("a timeval is an instant"));
}

void show_optionals(Proxy &proxy) {
  Maker maker(proxy.soap);
  _api__interop_USCOREoptional request;
  // [docs:optional]
  request.a = maker.string_of("x");
  show_optional(proxy, "optional-omitted", request);
  show_optional(proxy, "optional-nil", request);
  request.b = maker.integer_of(1);
  request.c = maker.string_of("y");
  request.d = maker.integer_of(0);
  request.e = maker.longs({3});
  show_optional(proxy, "optional-given", request);
  // [docs:end]
}

void show_lists(Proxy &proxy) {
  show_numbers(proxy, "list", {1, -2, 3});
  show_numbers(proxy, "list-one", {1});
  show_numbers(proxy, "list-empty", {});
  _api__interop_USCOREecho_USCOREtexts request;
  request.values = Maker(proxy.soap).strings({"a", "", "b & c"});
  show("list-texts", proxy, &Proxy::interop_USCOREecho_USCOREtexts, request, [](const auto &response) {
    const auto &texts = response.interop_USCOREecho_USCOREtextsResult->string;
    return json::list(texts, [](const string &each) { return text(each); });
  });
}

void show_structs(Proxy &proxy) {
  Maker maker(proxy.soap);
  timeval joined = NOON;
  auto *ada = maker.person("ada", {maker.course(1, "Algebra & <Logic>", {"a", "b"}), maker.course(2, "Rhetoric", {})});
  ada->id = maker.integer_of(1);
  ada->email = maker.string_of("ada@example.org");
  ada->active = maker.flag(true);
  ada->joined = &joined;
  auto *bob = maker.person("bob", {});
  bob->active = maker.flag(false);
  show_person(proxy, "struct", ada);
  show_person(proxy, "struct-absent", bob);
  show_person(proxy, "struct-default", maker.person("cal", {}));
  show_people(proxy, "structs", {ada, bob});
  std::vector<api__InteropPerson *> crowd;
  for (int number = 0; number < 500; ++number) crowd.push_back(maker.many(number));
  show_people(proxy, "structs-500", crowd);
}

void show_nothing(Proxy &proxy) {
  string value = "x";
  _api__interop_USCOREvoid request;
  request.value = &value;
  show("void", proxy, &Proxy::interop_USCOREvoid, request, [](const auto &) { return "null"; });
  show("null", proxy, &Proxy::interop_USCOREnull, _api__interop_USCOREnull(),
       [](const auto &response) { return json::quote(response.interop_USCOREnullResult); });
}

void show_faults(Proxy &proxy, Proxy &stranger) {
  Maker maker(proxy.soap);
  _api__interop_USCOREaccounts accounts;
  accounts.accounts = soap_new_api__ArrayOfInteropAccount(proxy.soap);
  accounts.accounts->InteropAccount = {maker.account("Bad Name", "a@example.org"), maker.account("good", "nowhere")};
  show("fault-problems", proxy, &Proxy::interop_USCOREaccounts, accounts,
       [](const auto &response) { return integer(response.interop_USCOREaccountsResult); });
  _api__interop_USCOREfault declared;
  declared.text = maker.string_of("an hour & a <half>");
  show("fault-declared", proxy, &Proxy::interop_USCOREfault, declared,
       [](const auto &response) { return integer(response.interop_USCOREfaultResult); });
  show_int(stranger, "fault-token", 1);
}

void show_shipped(Proxy &proxy) {
  Maker maker(proxy.soap);
  show("site-info", proxy, &Proxy::core_USCOREwebservice_USCOREget_USCOREsite_USCOREinfo,
       _api__core_USCOREwebservice_USCOREget_USCOREsite_USCOREinfo(), [](const auto &response) {
         const auto *info = response.core_USCOREwebservice_USCOREget_USCOREsite_USCOREinfoResult;
         return json::object({
             {"sitename", json::quote(info->sitename)},
             {"username", json::quote(info->username)},
             {"release", json::quote(info->release)},
             {"functions", json::list(info->functions->CoreWebserviceSiteFunction, [](const auto *each) {
                return json::object({{"name", json::quote(each->name)}});
              })},
         });
       });
  const string username = environment("GATEWAY_NAME") + ".jane";
  auto *jane = soap_new_api__CoreUserNewUser(proxy.soap);
  jane->username = username;
  jane->password = "Corr3ct-horse";
  jane->firstname = "Jane";
  jane->lastname = "Doe & Søn";
  jane->email = username + "@example.org";
  jane->city = maker.string_of("Perth");
  _api__core_USCOREuser_USCOREcreate_USCOREusers create;
  create.users = soap_new_api__ArrayOfCoreUserNewUser(proxy.soap);
  create.users->CoreUserNewUser = {jane};
  show("create-users", proxy, &Proxy::core_USCOREuser_USCOREcreate_USCOREusers, create, [](const auto &response) {
    const auto *created = response.core_USCOREuser_USCOREcreate_USCOREusersResult;
    return json::list(created->CoreUserCreatedUser, [](const auto *each) {
      return json::object({{"id", integer(each->id)}, {"username", json::quote(each->username)}});
    });
  });
  _api__core_USCOREuser_USCOREget_USCOREusers_USCOREby_USCOREfield find;
  find.field = api__CoreUserGetUsersByFieldField::username;
  find.values = maker.strings({"user01", "nobody"});
  show("get-users", proxy, &Proxy::core_USCOREuser_USCOREget_USCOREusers_USCOREby_USCOREfield, find,
       [](const auto &response) {
         return users(response.core_USCOREuser_USCOREget_USCOREusers_USCOREby_USCOREfieldResult);
       });
  _api__core_USCOREuser_USCOREget_USCOREusers search;
  search.criteria = soap_new_api__ArrayOfCoreUserCriterion(proxy.soap);
  search.criteria->CoreUserCriterion = {maker.criterion("username", "user02"), maker.criterion("lastname", "lind%")};
  show("find-users", proxy, &Proxy::core_USCOREuser_USCOREget_USCOREusers, search, [](const auto &response) {
    return json::object({{"users", users(response.core_USCOREuser_USCOREget_USCOREusersResult->users)}});
  });
  auto *moved = soap_new_api__CoreUserChangedUser(proxy.soap);
  moved->id = 21;
  moved->city = maker.string_of("Perth");
  _api__core_USCOREuser_USCOREupdate_USCOREusers update;
  update.users = soap_new_api__ArrayOfCoreUserChangedUser(proxy.soap);
  update.users->CoreUserChangedUser = {moved};
  show("update-users", proxy, &Proxy::core_USCOREuser_USCOREupdate_USCOREusers, update,
       [](const auto &) { return "null"; });
  _api__core_USCOREuser_USCOREdelete_USCOREusers remove;
  remove.userids = maker.longs({999999});
  show("delete-users", proxy, &Proxy::core_USCOREuser_USCOREdelete_USCOREusers, remove,
       [](const auto &) { return "null"; });
}

}  // namespace

int main() {
  const string address = environment("GATEWAY_URL") + "/soap";
  Proxy proxy(address, environment("GATEWAY_TOKEN")), stranger(address, environment("GATEWAY_BAD_TOKEN"));
  show_scalars(proxy);
  show_texts(proxy);
  show_instants(proxy);
  show_optionals(proxy);
  show_lists(proxy);
  show_structs(proxy);
  show_nothing(proxy);
  show_faults(proxy, stranger);
  Proxy by_password(address, environment("GATEWAY_USER"), environment("GATEWAY_PASSWORD"));
  show_int(by_password, "password", 1);
  show_shipped(proxy);
}
