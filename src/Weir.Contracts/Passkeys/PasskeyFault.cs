// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Passkeys;

/// <summary>Why an assertion does not count.</summary>
public enum PasskeyFault
{
    /// <summary>It does.</summary>
    None,

    /// <summary>Its parts cannot be read, or contradict each other.</summary>
    Malformed,

    /// <summary>It answers another challenge.</summary>
    OtherChallenge,

    /// <summary>A page elsewhere asked for it, or one inside another's page.</summary>
    OtherOrigin,

    /// <summary>It was made for another host.</summary>
    OtherHost,

    /// <summary>Nobody touched the authenticator.</summary>
    NotPresent,

    /// <summary>The authenticator did not look who touched it: no PIN, no finger, no face.</summary>
    NotVerified,

    /// <summary>The signature is not the passkey's.</summary>
    BadSignature,
}
