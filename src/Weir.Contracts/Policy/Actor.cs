// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Policy;

/// <summary>Who may ask for what. One user has one role.</summary>
public enum Role : byte
{
    /// <summary>Weir itself: scheduled runs and the notification pipe.</summary>
    Machine = 1,
    Analyst,
    Operator,
    PrivacyOfficer,
    Auditor,

    /// <summary>Keeps the program running; opens no scope and reads no evidence.</summary>
    Administrator,
}

/// <summary>A user of the operating system with the one role the configuration gives; made where the peer's
/// credentials are read.</summary>
public sealed record Actor(string Name, Role Role)
{
    public static readonly Actor Weir = new("weir", Role.Machine);

    public string RoleWord => ToName(Role);

    public static string ToName(Role role) => role switch
    {
        Role.Machine => "machine",
        Role.Analyst => "analyst",
        Role.Operator => "operator",
        Role.PrivacyOfficer => "privacy-officer",
        Role.Auditor => "auditor",
        Role.Administrator => "administrator",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };

    /// <summary>The role of a word; null where it is none.</summary>
    public static Role? RoleOf(string word) =>
        Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => ToName(role!.Value) == word);
}
