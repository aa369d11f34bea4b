#include "addon/operations.h"

#include <cstdint>
#include <string>
#include <utility>

namespace rtnetlink {
namespace {

// Names in a directory, each with the identity of the namespace that it has to lead to, or 0 and 0; without identities
// the names are those of files that were left over.
std::vector<Session::Removal> Removals(const Arguments& arguments) {
  const std::string directory = arguments.Text(1);
  const auto names = arguments.Texts(2);
  const bool left_over = arguments.IsUndefined(3);
  const auto identities = left_over ? std::vector<double>(2 * names.size()) : arguments.OptionalNumbers(3);
  if (identities.size() != 2 * names.size()) arguments.Fail(3, "two numbers for each name");
  std::vector<Session::Removal> removals;
  removals.reserve(names.size());
  for (std::size_t index = 0; index < names.size(); ++index) {
    const NamespaceIdentity identity{static_cast<std::uint64_t>(identities[2 * index]),
                                     static_cast<std::uint64_t>(identities[2 * index + 1])};
    removals.push_back(
        {{directory, names[index]}, identity.inode == 0 ? std::nullopt : std::optional(identity), left_over});
  }
  return removals;
}

std::optional<MountPoint> OptionalMountPoint(const Arguments& arguments) {
  if (arguments.IsUndefined(1) && arguments.IsUndefined(2)) return std::nullopt;
  return MountPoint{arguments.Text(1), arguments.Text(2)};
}

std::vector<Session::NamespaceField> NamespaceFields(const Arguments& arguments, std::size_t first) {
  std::vector<Session::NamespaceField> fields;
  for (std::size_t index = first; index < arguments.size(); index += 2) {
    fields.push_back({static_cast<std::uint32_t>(arguments.Integer(index)), arguments.Integer(index + 1)});
  }
  return fields;
}

// Of a user or a group; none below 0.
std::optional<std::uint32_t> Identifier(const Arguments& arguments, std::size_t index) {
  const std::int64_t number = arguments.Integer(index);
  if (number < 0) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

std::uint32_t Window(const Arguments& arguments, std::size_t index) {
  const int window = arguments.Int(index);
  if (window < 1) arguments.Fail(index, "at least 1");
  return static_cast<std::uint32_t>(window);
}

}  // namespace

const std::vector<Operation>& Operations() {
  using Id = OperationId;
  using Given = Arguments;
  static const auto& operations = *new std::vector<Operation>{
      {"openNamespace", [](Session& s, Id id, const Given& a) { s.OpenNamespace(id, a.Text(1), a.Identity(2)); }, {}},
      {"adoptNamespace", [](Session& s, Id id, const Given& a) { s.AdoptNamespace(id, a.Int(1)); }, {}},
      {"createNamespace", [](Session& s, Id id, const Given& a) { s.CreateNamespace(id, OptionalMountPoint(a)); }, 3},
      {"keepNamespace",
       [](Session& s, Id id, const Given& a) { s.KeepNamespace(id, a.Integer(1), {a.Text(2), a.Text(3)}); }, 4},
      {"removeNamespaces", [](Session& s, Id id, const Given& a) { s.RemoveNamespaces(id, Removals(a)); }, {}},
      {"reserveNamespaces", [](Session& s, Id id, const Given& a) { s.ReserveNamespaces(id, a.Size(1)); }, {}},
      {"listNamespaces", [](Session& s, Id id, const Given& a) { s.ListNamespaces(id, a.Text(1)); }, {}},
      {"openNetlink",
       [](Session& s, Id id, const Given& a) { s.OpenNetlink(id, a.Integer(1), a.Int(2), a.Boolean(3)); },
       {}},
      {"adoptNetlink", [](Session& s, Id id, const Given& a) { s.AdoptNetlink(id, a.Int(1)); }, {}},
      {"send",
       [](Session& s, Id id, const Given& a) {
         s.Send(id, a.Integer(1), {a.Bytes(2), a.OptionalBytes(3), a.OptionalBytes(4), a.OptionalInteger(6)},
                NamespaceFields(a, 7));
       },
       5},
      {"takePlace", [](Session& s, Id id, const Given& a) { s.TakePlace(id, a.Integer(1)); }, 2},
      {"dump",
       [](Session& s, Id id, const Given& a) {
         s.Dump(id, a.Integer(1), {a.Bytes(2), a.OptionalBytes(3), a.OptionalBytes(4), std::nullopt}, Window(a, 5));
       },
       {}},
      {"deviceStatistics",
       [](Session& s, Id id, const Given& a) { s.DeviceStatistics(id, a.Integer(1), a.Text(2)); },
       {}},
      {"subscribe",
       [](Session& s, Id id, const Given& a) { s.Subscribe(id, a.Integer(1), a.Int(2), a.OptionalIntegers(3)); },
       {}},
      {"openSocket",
       [](Session& s, Id id, const Given& a) {
         s.OpenSocket(id, a.Integer(1),
                      {a.Int(2), a.Int(3), a.Int(4), a.OptionalBytes(5), a.OptionalBytes(6), a.OptionalBytes(7)});
       },
       {}},
      {"openTap",
       [](Session& s, Id id, const Given& a) {
         s.OpenTap(id, a.Integer(1),
                   {a.Text(2), static_cast<std::uint16_t>(a.Int(3)), a.Size(4), Identifier(a, 5), Identifier(a, 6),
                    a.Int(7), a.Boolean(8)});
       },
       {}},
      {"readFile",
       [](Session& s, Id id, const Given& a) { s.ReadFile(id, a.Integer(1), {a.Root(2), a.Text(3)}, a.Size(4)); }, 5},
      {"writeFiles", [](Session& s, Id id, const Given& a) { s.WriteFiles(id, a.Integer(1), a.Root(2), a.Bytes(3)); },
       4},
      {"readDirectory",
       [](Session& s, Id id, const Given& a) {
         s.ReadDirectory(id, a.Integer(1), {a.Root(2), a.Text(3)}, a.Boolean(4), a.Size(5));
       },
       {}},
      {"findProcesses", [](Session& s, Id id, const Given& a) { s.FindProcesses(id, a.Integer(1)); }, {}},
  };
  return operations;
}

const std::vector<Call>& Calls() {
  using Given = Arguments;
  static constexpr std::monostate kNothing{};
  static const auto& calls = *new std::vector<Call>{
      {"endTrip", [](Session& s, const Given& a) -> CallResult { return s.EndTrip(a.Integer(0)), kNothing; }},
      {"resume",
       [](Session& s, const Given& a) -> CallResult { return a.Detach(1), s.Resume(a.Integer(0)), kNothing; }},
      {"cancel", [](Session& s, const Given& a) -> CallResult { return s.Cancel(a.Integer(0)), kNothing; }},
      {"lendSocket", [](Session& s, const Given& a) -> CallResult { return s.LendSocket(a.Integer(0)); }},
      {"takeDescriptors", [](Session& s, const Given& a) -> CallResult { return s.TakeDescriptors(a.Integer(0)); }},
      {"giveSocket", [](Session& s, const Given& a) -> CallResult { return s.GiveSocket(a.Integer(0)), kNothing; }},
      {"closeNetlink", [](Session& s, const Given& a) -> CallResult { return s.CloseNetlink(a.Integer(0)), kNothing; }},
      {"close", [](Session& s, const Given& a) -> CallResult { return s.Close(a.Integer(0)), kNothing; }},
  };
  return calls;
}

}  // namespace rtnetlink
