// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Sections;

/// <summary>Who may do what in a lab; the section <c>access</c>, which desk and vault read. Outside the lab it is
/// governed.</summary>
public sealed record AccessOptions : ISection
{
    [Setting("Users who work on cases.", Example = "ana")]
    public IReadOnlyList<string> Analysts { get; init; } = [];

    [Setting("Users who run the network; with an analyst they block and promote.", Example = "olaf")]
    public IReadOnlyList<string> Operators { get; init; } = [];

    [Setting("Users who answer for privacy; with an analyst they disclose.", Example = "petra")]
    public IReadOnlyList<string> PrivacyOfficers { get; init; } = [];

    [Setting("Users who see what was done, and no flow.", Example = "aud")]
    public IReadOnlyList<string> Auditors { get; init; } = [];

    [Setting("Users who keep the program running: no case, no scope, no evidence.", Example = "adam")]
    public IReadOnlyList<string> Administrators { get; init; } = [];

    /// <summary>One user, one role: two people must be two.</summary>
    public void Validate(SectionFaults faults)
    {
        (string Key, IReadOnlyList<string> Users)[] roles =
        [
            ("analysts", Analysts), ("operators", Operators), ("privacy-officers", PrivacyOfficers),
            ("auditors", Auditors), ("administrators", Administrators),
        ];
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, users) in roles)
        {
            for (var i = 0; i < users.Count; i++)
            {
                if (!seen.TryAdd(users[i], key))
                {
                    faults.Add(
                        $"{key}[{i}]",
                        $"names {users[i]}, who stands in access.{seen[users[i]]} already; a user has one role");
                }
            }
        }
    }
}
