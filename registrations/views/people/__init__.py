"""The pages of somebody who registers, or has registered."""
