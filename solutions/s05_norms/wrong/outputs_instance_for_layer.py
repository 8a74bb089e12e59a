"""Layer norm is done channel by channel.

loses: q2
hint: layer norm takes all channels of an example together
"""

OUTPUTS["ln"] = OUTPUTS["in"]
