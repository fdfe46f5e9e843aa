// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Notices;

/// <summary>How a notice stands.</summary>
public enum NoticeState : byte
{
    /// <summary>To be sent, now or when what was in the way is over.</summary>
    Waiting = 1,

    /// <summary>The next station took it, alone or together with a later step.</summary>
    Told,

    /// <summary>The vault knows no way to reach the customer.</summary>
    NoContact,

    /// <summary>Refused for good by the vault or by the station.</summary>
    Refused,

    /// <summary>It waited too long to be of use.</summary>
    GivenUp,

    /// <summary>There was nothing to tell any more: a false alarm, or a case that is erased.</summary>
    Dropped,
}
