// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Channels;

/// <summary>A channel did not take something.</summary>
/// <param name="message">The thing, the place and the mend.</param>
/// <param name="isForGood">Trying again is of no use.</param>
/// <param name="inner">What failed below.</param>
public sealed class ChannelException(string message, bool isForGood, Exception? inner = null)
    : Exception(message, inner)
{
    public bool IsPermanent => isForGood;

    /// <summary>The other end asked not to be tried before this long (RFC 9110 section 10.2.3).</summary>
    public TimeSpan? After { get; init; }
}
