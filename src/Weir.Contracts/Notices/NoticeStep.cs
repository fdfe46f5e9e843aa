// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Notices;

/// <summary>What a customer is told of; one notice for each case and step (RFC 6561 section 5).</summary>
public enum NoticeStep : byte
{
    /// <summary>Something was found.</summary>
    Found = 1,

    /// <summary>It was told, and it goes on.</summary>
    Reminder,

    /// <summary>One endpoint is closed for the customer's line.</summary>
    EndpointBlocked,

    /// <summary>The line is in the leaky garden: most things work, a page explains.</summary>
    LeakyGarden,

    /// <summary>The line is in the strict garden: help and emergency services alone.</summary>
    StrictGarden,

    /// <summary>A restriction ended.</summary>
    Released,

    /// <summary>Nothing was seen for the time of the check.</summary>
    Clean,

    /// <summary>It came back.</summary>
    Relapsed,
}
